"""The page's own CSS; colours come from the theme.

No `[class*=...] x` and no `:has()`: the browser would restyle all that they may match whenever a
class changes, which costs a moved control a millisecond.
"""

import streamlit as st

_PAGE = """<style>
[data-testid=stMainBlockContainer] { max-width: 1240px; padding: 4.4rem 2rem 2rem; }
[data-testid=stMainBlockContainer] > [data-testid=stVerticalBlock] { gap: .6rem; }
[data-testid=stMainBlockContainer] h1 { font-size: 1.75rem; padding: 0; }
.st-key-un-header { margin-bottom: -.35rem; }
.st-key-un-controls [data-testid=stVerticalBlock], .st-key-un-controls { gap: .45rem; }
/* White on the dark theme's pale blue could not be read. */
[data-testid^=stBaseButton-primary]:not(:disabled) p { color: Canvas; }
[data-testid=stPageLink] p { white-space: normal; }
/* Streamlit marks a focused link by its ground alone. */
[data-testid=stTopNavLink]:focus-visible, [data-testid=stPageLink] a:focus-visible,
.st-key-un-tips [data-testid=stBaseButton-tertiary]:focus-visible {
  outline: 2px solid Highlight; outline-offset: 1px;
}
/* Streamlit cuts a formula at its line's height, and exponents of the first row rise above it. */
[data-testid=stMarkdownContainer] .katex-display { padding-block: .3em; }
/* The parts of a page look like tabs. */
.st-key-tab [role=radiogroup] {
  gap: 1.4rem; border-bottom: 1px solid color-mix(in srgb, currentColor 22%, transparent);
}
.st-key-tab button[role=radio] {
  margin: 0 0 -1px; padding: .3rem 0; background: none;
  border: 0; border-bottom: 3px solid transparent; border-radius: 0;
}
.st-key-tab button[role=radio][data-selected] { border-color: currentColor; background: none; }
.st-key-tab button[data-selected] p { font-weight: 600; }
.st-key-un-tips [data-testid=stBaseButton-tertiary] {
  min-height: 1.7rem; padding: 0; text-align: left;
}
[class*=st-key-un-storage] { position: absolute; }
/* Streamlit fades what a run has not sent yet, which gives each element a layer of its own to
   paint. A run is over before the fade begins, and longer work has a bar. */
[data-stale=true] { opacity: 1 !important; transition: none !important; }
.st-key-un-hidden { display: none; }
@media (max-width: 640px) {
  [data-testid=stMarkdownContainer] table { display: block; overflow-x: auto; }
  [data-testid=stMainBlockContainer] { padding: 4rem .8rem 2rem; }
  :is(.st-key-un-header, .st-key-choose-number) [role=radiogroup] {
    flex-wrap: wrap; gap: .3rem;
  }
  .st-key-un-header button[role=radio] { margin: 0; border-radius: .5rem; border-width: 1px; }
  .st-key-un-header button[role=radio]:not([data-selected]) {
    border-color: color-mix(in srgb, currentColor 24%, transparent) !important;
  }
}
@media print {
  header, [data-testid=stHeader], .st-key-un-screen { display: none !important; }
  [data-testid=stApp], [data-testid=stAppViewContainer], [data-testid=stMain] {
    position: static !important; overflow: visible !important; height: auto !important;
  }
  [data-testid=stMainBlockContainer] { padding: 0; }
  [class*=st-key-un-block] h2, .un-stage { break-inside: avoid; break-after: avoid; }
  .un-bar, .un-menu { display: none; }
}
</style>"""
_BARE = """<style>
[data-testid=stMainBlockContainer] { max-width: none; padding: 1rem 1.5rem; }
[data-testid=stHeader] { display: none; }
.st-key-un-hidden { display: none; }
[data-testid=stMain] { font-size: 1.4rem; }
[data-testid=stMain] [data-testid=stMarkdownContainer] :is(p, li, td, th),
[data-testid=stMain] .un-caption { font-size: 1.4rem; }
</style>"""

_PAPER = """<style>
[data-testid=stMainBlockContainer] { max-width: 760px; }
</style>"""


def apply(bare: bool) -> None:
    """Write the style into the page."""
    st.html(_PAGE)
    if bare:
        st.html(_BARE)


def paper() -> None:
    """A column as wide as a sheet, for what will be printed."""
    st.html(_PAPER)
