"""What the ASGI app adds to Streamlit: the stage's files, gzip, security headers, readiness."""

import base64
import gzip
import hashlib
import os
import re
from collections.abc import MutableMapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from viz.ui.stage import files

_YEAR = "public, max-age=31536000, immutable"
FRAMING = "UNROLLED_FRAME_ANCESTORS"


def routes() -> list[Route]:
    """Assets and readiness."""
    return [
        Route("/assets/{version}/{name}", _asset, methods=["GET", "HEAD"]),
        Route("/ready", _ready, methods=["GET", "HEAD"]),
    ]


def middleware() -> list[Middleware]:
    """Headers outermost, then gzip."""
    return [Middleware(SecurityHeaders), Middleware(GZipMiddleware, minimum_size=1000)]


async def _ready(_request: Request) -> Response:
    return PlainTextResponse("ready\n")


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    content = files.contents().get(name)
    if content is None or request.path_params["version"] != files.version():
        return PlainTextResponse("no such file\n", status_code=404)
    headers = {"Cache-Control": _YEAR, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, headers = _zipped(name), headers | {"Content-Encoding": "gzip"}
    return Response(content, media_type=files.TYPES[Path(name).suffix], headers=headers)


@cache
def _zipped(name: str) -> bytes:
    return gzip.compress(files.contents()[name], compresslevel=6, mtime=0)


@cache
def _early() -> bytes:
    """The stage's files, named with the page: the browser fetches them while Streamlit starts."""
    kinds = {"plotly.min.js": "preload; as=script", "stage.js": "modulepreload"}
    kinds["stage.css"] = "preload; as=style"
    return ", ".join(f"<{files.URL}/{name}>; rel={kind}" for name, kind in kinds.items()).encode()


class SecurityHeaders:
    """Adds a content security policy and its companions to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = [(name.encode(), value.encode()) for name, value in security_headers()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers where the response starts."""

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), *self.headers]
                page = any(name == b"content-type" and b"html" in value for name, value in headers)
                if page and scope["path"] != "/":  # the home page has no stage
                    headers.append((b"link", _early()))
                message["headers"] = headers
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def security_headers() -> list[tuple[str, str]]:
    """The policy: everything from this server, no eval, framing only where it is allowed.

    The environment variable UNROLLED_FRAME_ANCESTORS ("https://course.example.org") names the
    sites that may embed the pages; by default none but this one.
    """
    ancestors = os.environ.get(FRAMING, "").strip() or "'self'"
    policy = {
        "default-src": "'self'",
        "script-src": f"'self' blob: {' '.join(_inline_script_hashes())}",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self' ws: wss: data: blob:",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": ancestors,
    }
    return [
        ("content-security-policy", "; ".join(f"{k} {v}" for k, v in policy.items())),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
    ]


def _inline_script_hashes() -> list[str]:
    """Hashes of the inline scripts in Streamlit's own index page."""
    page = Path(streamlit.__file__).parent / "static" / "index.html"
    scripts = re.findall(
        r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", page.read_text("utf-8"), re.S
    )
    digests = [hashlib.sha256(script.encode()).digest() for script in scripts]
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
