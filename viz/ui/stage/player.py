"""Mount the stage: a component whose inline script only loads the player's module."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from viz.ui.stage.files import URL

_LOADER = """
export default function (args) {
  let stop = null, dead = false;
  const url = new URL(args.data.url, document.baseURI).href;
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
    "unrolled_stage", html="<div class='un-host'></div>", js=_LOADER, isolate_styles=False
)


def _nothing() -> None:
    return None


def play(
    film: Mapping[str, Any],
    *,
    key: str,
    layout: str,
    ghost: Mapping[str, Any] | None = None,
    step: int | None = None,
    move: int = 0,
    lecture: bool | None = None,
    on_event: Callable[[], None] = _nothing,
) -> Any:
    """Show a film.

    Args:
        film: from `viz.draw.film.to_json`.
        key: the stage's name on the page; the same key keeps zoom, focus and frame.
        layout: "wide" or "phone", as the film was drawn.
        ghost: a pinned film drawn pale behind this one.
        step: the frame to show at mount and whenever ``move`` changes; None is the film's own.
        move: a counter.
        lecture: whether lecture mode is on; None for a stage that does not listen to keys.
        on_event: called before the next run when the reader settled on a frame.

    Returns:
        The component's state: ``frame`` and ``layout``, and the trigger ``lecture``.
    """
    data = {
        "film": film,
        "ghost": ghost,
        "step": step,
        "move": move,
        "layout": layout,
        "lecture": lecture,
        "url": URL,
    }
    return _component(
        key=key,
        data=data,
        on_frame_change=on_event,
        on_layout_change=_nothing,
        on_lecture_change=_nothing,
    )
