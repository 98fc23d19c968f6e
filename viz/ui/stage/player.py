"""Mount the stage: a component whose inline script only loads the player's module."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from viz.draw import film as films
from viz.draw.film import Film
from viz.ui.stage.files import URL

_LOADER = """
export default function (args) {
  let stop = null, dead = false;
  const url = new URL("{{url}}", document.baseURI).href;
  if (!document.querySelector('link[data-unrolled]')) {
    const link = document.createElement('link');
    Object.assign(link, { rel: 'stylesheet', href: url + '/stage.css' });
    link.dataset.unrolled = '';
    document.head.append(link);
  }
  import(url + '/stage.js').then(m => { if (!dead) stop = m.default(args); });
  return () => { dead = true; stop?.(); };
}
"""
_component = st.components.v2.component(
    "unrolled_stage",
    html="<div class='un-host'></div>",
    js=_LOADER.replace("{{url}}", URL),
    isolate_styles=False,
)


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A film as the stage takes it.

    Attributes:
        film: what was encoded.
        json: the film's JSON, in UTF-8.
        mark: another film has another mark, so that an equal one is not drawn again.
    """

    film: Film
    json: bytes
    mark: str


def shoot(film: Film) -> Shot:
    """Encode a film for the stage."""
    encoded = films.to_bytes(film)
    return Shot(film, encoded, hashlib.sha256(encoded).hexdigest()[:16])


def _nothing() -> None:
    return None


def play(
    shot: Shot,
    *,
    key: str,
    layout: str,
    ghost: Shot | None = None,
    step: int | None = None,
    move: int = 0,
    lecture: bool | None = None,
    on_frame: Callable[[], None] = _nothing,
    on_layout: Callable[[], None] = _nothing,
    on_lecture: Callable[[], None] = _nothing,
) -> None:
    """Show a film.

    Args:
        shot: the film.
        key: the stage's name on the page; the same key keeps zoom, focus and frame.
        layout: "wide" or "phone", as the film was drawn.
        ghost: a pinned film drawn pale behind this one.
        step: the frame to show at mount and whenever ``move`` changes; None is the film's own.
        move: a counter.
        lecture: whether lecture mode is on; None for a stage that does not listen to keys.
        on_frame: called when the reader settled on a frame; the session's value at ``key`` has
            it as ``frame``. A callback, since a later event may end the run before its last line.
        on_layout: called when the width asks for another layout (``layout``).
        on_lecture: called when a key begins or ends lecture mode (the trigger ``lecture``).
    """
    rest = {
        "mark": shot.mark + (ghost.mark if ghost else ""),
        "step": step,
        "move": move,
        "layout": layout,
        "lecture": lecture,
        "url": URL,
    }
    # The film is JSON already; as bytes it passes Streamlit untouched.
    parts = (b'{"film":', shot.json, b',"ghost":', ghost.json if ghost else b"null", b",")
    _component(
        key=key,
        data=b"".join(parts) + json.dumps(rest).encode()[1:],
        on_frame_change=on_frame,
        on_layout_change=on_layout,
        on_lecture_change=on_lecture,
    )
