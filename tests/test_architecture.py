"""Which way imports run: a table of what each kind of file may import."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ALLOWED = {
    "compute": r"(numpy|torch|networkx|viz\.grammar|viz\.tables|viz\.{slug}(\.\w+)?)(\.|$)",
    "figures": r"(numpy|plotly|networkx|viz\.draw|viz\.{slug})(\.|$)",
    "demo": r"(numpy|torch|pydantic|viz\.(draw|view|seeds|settings|tables|grammar|{slug}))(\.|$)",
    "exercises": r"(numpy|viz\.(draw|quiz|tables|grammar|{slug}))(\.|$)",
}
ORDER = ("compute", "figures", "demo", "exercises")
SHARED_FILES = {
    "viz/catalog.py": {"view"},
    "viz/view.py": {"draw", "settings"},
    "viz/answers.py": {"grammar", "tables", "draw"},
    "viz/choices.py": {"answers", "draw"},
    "viz/parts.py": {"answers"},
    "viz/quiz.py": {"answers", "choices", "parts", "settings", "draw"},
    "viz/controls.py": set(),
    "viz/settings.py": {"controls", "draw"},
    "viz/seeds.py": set(),
    "viz/spelling.py": set(),
    "viz/grammar.py": {"spelling"},
    "viz/tables.py": {"draw"},
    "viz/draw/theme.py": {"draw"},
    "viz/draw/film.py": set(),
    "viz/draw/numbers.py": set(),
    "viz/draw/columns.py": set(),
    "viz/draw/graph.py": {"draw"},
}
STANDARD = __import__("sys").stdlib_module_names


def imported(path: Path) -> set[str]:
    """Names of all modules that a file imports, wherever in the file."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module)
            if node.module.startswith("viz"):
                names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.split(".")[0] not in STANDARD}


def concept_files() -> list[Path]:
    folders = [p.parent for p in ROOT.glob("viz/*/compute.py")]
    return sorted(f for folder in folders for f in folder.glob("*.py") if f.name != "__init__.py")


def role_of(path: Path) -> str:
    """A further module of a concept has the role of the highest thing it imports."""
    if path.stem in ORDER:
        return path.stem
    names = imported(path)
    if any(name.startswith("viz.quiz") for name in names):
        return "exercises"
    if any(name.startswith(("viz.view", "viz.settings", "viz.seeds")) for name in names):
        return "demo"
    return "figures" if any(n.startswith(("plotly", "viz.draw")) for n in names) else "compute"


@pytest.mark.parametrize("path", concept_files(), ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_concept_imports_only_downwards(path):
    slug, role = path.parent.name, role_of(path)
    rule = re.compile(ALLOWED[role].replace("{slug}", slug))
    names = {n for n in imported(path) if n != "viz"}
    refused = {n for n in names if not rule.match(n)}
    assert not refused, f"{path.name} ({role}) imports {sorted(refused)}"
    above = ORDER[ORDER.index(role) + 1 :]
    backwards = {n for n in names if n.startswith(tuple(f"viz.{slug}.{a}" for a in above))}
    assert not backwards


@pytest.mark.parametrize("name", SHARED_FILES)
def test_shared_parts_know_no_concept(name):
    parts = {n.split(".")[1] for n in imported(ROOT / name) if n.startswith("viz.")}
    assert parts <= SHARED_FILES[name]


def test_only_the_ui_imports_streamlit():
    outside = [p for p in ROOT.glob("viz/**/*.py") if "viz/ui" not in p.as_posix()]
    guilty = [p for p in outside if any(n.split(".")[0] == "streamlit" for n in imported(p))]
    assert not guilty


def test_the_ui_names_no_concept():
    concepts = {path.parent.name for path in ROOT.glob("viz/*/compute.py")}
    for path in [*ROOT.glob("viz/ui/**/*.py"), ROOT / "viz/export.py"]:
        named = {n for n in imported(path) if n.split(".")[1:2] and n.split(".")[1] in concepts}
        assert not named, f"{path.name} imports {named}"


def test_export_needs_no_streamlit():
    code = "import sys, viz.export; sys.exit('streamlit' in sys.modules)"
    import subprocess
    import sys

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=lambda p: p.name)
def test_pages_are_thin(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 40
    assert not any(n.split(".")[0] in ("plotly", "numpy", "torch") for n in imported(path))
