"""What is solved, kept in the browser's localStorage and treated as hostile when it comes back."""

from typing import Any

import streamlit as st

from viz import catalog, quiz
from viz.ui import storage

Solved = dict[str, tuple[int, ...]]
_STATE = "solved"
_READ = "solved-read"
_NAME = "progress"


def sync(prefixes: tuple[str, ...] = ()) -> Solved:
    """Bring browser and session together; returns what is solved, by question id.

    Args:
        prefixes: what question ids may start with; by default any short word.
    """
    state = st.session_state
    solved: Solved = state.setdefault(_STATE, {})
    ready = state.get(_READ, False)
    ours = {name: list(variants) for name, variants in solved.items()}
    stored = storage.sync(_NAME, {"v": 1, "solved": ours} if ready else None)
    if not ready:
        ids = tuple(k for k in _names(stored) if not prefixes or k.startswith(prefixes))
        state[_STATE] = _merged(solved, quiz.solved_from(stored, ids))
        state[_READ] = stored is not None
    return dict(state[_STATE])


def _names(stored: Any) -> tuple[str, ...]:
    """Question ids that a stored object may name: short words of the catalog's kind."""
    solved = stored.get("solved") if isinstance(stored, dict) else None
    names = solved if isinstance(solved, dict) else {}
    return tuple(n for n in names if isinstance(n, str) and n.isascii() and len(n) <= 12)[:200]


def _merged(ours: Solved, theirs: Solved) -> Solved:
    names = {**ours, **theirs}
    return {n: tuple(sorted({*ours.get(n, ()), *theirs.get(n, ())}))[:50] for n in names}


def mark(question_id: str, variant: int | None) -> None:
    """Remember that a question was solved; for callbacks. The exam's own counts as variant 0."""
    solved: Solved = st.session_state.setdefault(_STATE, {})
    numbers = {*solved.get(question_id, ()), variant or 0}
    st.session_state[_STATE] = {**solved, question_id: tuple(sorted(numbers))[:50]}
    st.session_state[_READ] = True


def forget() -> None:
    """Forget everything, here and in the browser; for callbacks."""
    st.session_state[_STATE] = {}
    storage.forget(_NAME)


def counts(solved: Solved) -> dict[str, tuple[int, int]]:
    """For each concept with known exercises: exam questions solved and how many there are."""
    found = {}
    for concept in catalog.CONCEPTS:
        ids = question_ids(concept.slug)
        found[concept.slug] = (sum(1 for name in ids if 0 in solved.get(name, ())), len(ids))
    return found


@st.cache_resource(show_spinner=False)
def question_ids(slug: str) -> tuple[str, ...]:
    """The ids of a concept's questions."""
    return tuple(maker(None).id for maker in catalog.find(slug).exercises())
