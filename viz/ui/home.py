"""The home page: what this is, a card for each concept, what is solved."""

from typing import Any

import streamlit as st

from viz import catalog
from viz.ui import progress
from viz.ui.places import PAGES
from viz.ui.stage.files import URL

_LOADER = """
export default function (args) {
  const url = new URL(args.data.url, document.baseURI).href;
  if (!document.querySelector('link[data-unrolled]')) {
    const link = document.createElement('link');
    Object.assign(link, { rel: 'stylesheet', href: url + '/stage.css' });
    link.dataset.unrolled = '';
    document.head.append(link);
  }
  import(url + '/home.js').then(m => m.default(args));
}
"""
_component = st.components.v2.component(
    "unrolled_cards", html="<nav class='un-cards'></nav>", js=_LOADER, isolate_styles=False
)


EXAM = "the exam as one paper"


def _nothing() -> None:
    return None


def show(sentence: str, ways: tuple[tuple[str, tuple[str, ...]], ...] = ()) -> None:
    """Draw the page.

    Args:
        sentence: what this is.
        ways: words for a reader, each with the pages in the order that suits them.
    """
    st.markdown(f"# Unrolled\n{sentence}")
    solved = progress.sync()
    counted = progress.counts(solved) if solved else {}
    cards = [_card(concept, counted.get(concept.slug)) for concept in catalog.CONCEPTS]
    state: Any = _component(key="cards", data={"cards": cards, "url": URL}, on_open_change=_nothing)
    if state.get("open") in {concept.slug for concept in catalog.CONCEPTS}:
        st.switch_page(str(PAGES / f"{state['open']}.py"))
    for words, slugs in ways:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.markdown(f"**{words}**")
            for slug in slugs:
                title = EXAM if slug == "exam" else catalog.find(slug).title
                st.page_link(str(PAGES / f"{slug}.py"), label=title)
    if solved:
        st.button("Forget what is solved", on_click=progress.forget)


def _card(concept: catalog.Concept, counted: tuple[int, int] | None) -> dict[str, str]:
    done = f" · {counted[0]} of {counted[1]} solved" if counted and counted[0] else ""
    return {
        "slug": concept.slug,
        "title": concept.title,
        "question": concept.question,
        "solved": f"exam question {concept.exam_question}{done}",
    }
