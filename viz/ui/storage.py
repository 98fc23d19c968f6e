"""One JSON value a name in the browser's localStorage; what comes back is anybody's text."""

from typing import Any

import streamlit as st

_SCRIPT = """
export default function ({ data, setStateValue, parentElement }) {
  const key = 'unrolled:' + data.name;
  let stored = null;
  try { stored = JSON.parse(localStorage.getItem(key)); } catch (error) { stored = null; }
  try {
    if (data.forget > (parentElement.unrolledForgot ?? 0)) {
      parentElement.unrolledForgot = data.forget;
      localStorage.removeItem(key);
      stored = null;
    } else if (data.value !== null) {
      localStorage.setItem(key, JSON.stringify(data.value));
      stored = data.value;
    }
  } catch (error) { stored = data.value; }
  const text = JSON.stringify(stored);
  if (text !== parentElement.unrolledSent && stored) {
    parentElement.unrolledSent = text;
    setStateValue('stored', stored);
  }
}
"""
_component = st.components.v2.component("unrolled_storage", html="<i hidden></i>", js=_SCRIPT)


def _nothing() -> None:
    return None


def sync(name: str, value: Any | None) -> Any:
    """Write a value under a name, or leave what is there if it is None; returns what is there.

    The browser's word comes one run late: on a page's first run the answer is None.
    """
    data = {"name": name, "value": value, "forget": st.session_state.get(_forgets(name), 0)}
    with st.container(key=f"un-storage-{name}"):
        return _component(key=f"storage:{name}", data=data, on_stored_change=_nothing).get("stored")


def stored(name: str) -> Any:
    """What the last `sync` of a name heard from the browser, without another one."""
    return st.session_state.get(f"storage:{name}", {}).get("stored")


def forget(name: str) -> None:
    """Remove what is kept under a name; for callbacks."""
    st.session_state[_forgets(name)] = st.session_state.get(_forgets(name), 0) + 1


def _forgets(name: str) -> str:
    return f"forget:{name}"
