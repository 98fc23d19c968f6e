"""The stage's files with the palette filled in, under a path that names their version."""

import hashlib
import json
from functools import cache
from pathlib import Path

import plotly

from viz.draw import theme

HERE = Path(__file__).resolve().parent
MODULES = ("engine", "menu", "painter", "stage")
EARLY = ("engine", "early")
THUMBNAILS = HERE.parent / "thumbnails"
PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".svg": "image/svg+xml",
}


@cache
def stage_source() -> str:
    """The player's one module, with the palette of `viz.draw.theme` in it."""
    palette = {name: [theme.LIGHT[name], theme.DARK[name]] for name in theme.LIGHT}
    return _joined(MODULES).replace("/*palette*/ {}", json.dumps(palette))


def _joined(names: tuple[str, ...]) -> str:
    return "\n".join((HERE / f"{name}.js").read_text("utf-8") for name in names)


@cache
def contents() -> dict[str, bytes]:
    """Every file by the name under which it is served."""
    files = {
        "stage.js": stage_source().encode(),
        # No module, which could not tell where it lies; in a function its names stay its own.
        "early.js": f"(() => {{\n{_joined(EARLY)}}})();\n".encode(),
        "plotly.min.js": PLOTLY.read_bytes(),
        **{name: (HERE / name).read_bytes() for name in ("stage.css", "film.html", "home.js")},
    }
    return files | {path.name: path.read_bytes() for path in THUMBNAILS.glob("*.svg")}


@cache
def version() -> str:
    """A short digest of all files: another file, another path."""
    digest = hashlib.sha256()
    for name, content in sorted(contents().items()):
        digest.update(name.encode() + content)
    return digest.hexdigest()[:12]


URL = f"/assets/{version()}"
