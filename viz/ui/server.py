"""What the ASGI app adds to Streamlit: the stage's files, gzip, security headers, readiness."""

import base64
import gzip
import hashlib
import os
import re
from collections.abc import MutableMapping
from functools import cache
from http import HTTPStatus
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
    """Headers outermost, then gzip, then what is written into the page."""
    return [
        Middleware(SecurityHeaders),
        Middleware(GZipMiddleware, minimum_size=1000),
        Middleware(EarlyScript),
    ]


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
                if _is_page(message) and scope["path"] != "/":  # the home page has no stage
                    headers.append((b"link", _early()))
                message["headers"] = headers
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class EarlyScript:
    """Names the script that loads Plotly in the head of pages with a stage.

    Plotly takes a third of the time to the first picture, and this lets the browser run it while
    it waits for the server. A page without a head, or in several pieces, passes as it is.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; hold the response's start until its first piece is known."""
        started: MutableMapping[str, Any] | None = None

        async def send_with_script(message: MutableMapping[str, Any]) -> None:
            nonlocal started
            whole = message.get("status") == HTTPStatus.OK
            if message["type"] == "http.response.start" and whole and _is_page(message):
                started = message
                return
            if started is not None:
                if not message.get("more_body"):
                    _write_script(started, message)
                await send(started)
                started = None
            await send(message)

        page = scope["type"] == "http" and scope["path"] != "/"  # the home page has no stage
        await self.app(scope, receive, send_with_script if page else send)


def _is_page(message: MutableMapping[str, Any]) -> bool:
    return any(k.lower() == b"content-type" and b"html" in v for k, v in message.get("headers", ()))


def _write_script(start: MutableMapping[str, Any], body: MutableMapping[str, Any]) -> None:
    page = body.get("body", b"")
    if b"</head>" not in page:
        return
    script = f'<script async src="{files.URL}/early.js"></script></head>'.encode()
    body["body"] = page.replace(b"</head>", script, 1)
    # The file's own length and digests no longer hold.
    ours = (b"content-length", b"etag", b"last-modified", b"accept-ranges")
    kept = [(name, value) for name, value in start["headers"] if name.lower() not in ours]
    start["headers"] = [*kept, (b"content-length", str(len(body["body"])).encode())]


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
