"""What a page shows of the settings that are asked for: their result, or the last good one."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from viz.settings import BaseSettings
from viz.ui import cache
from viz.ui.jobs import WORKSHOP, Job
from viz.view import View

BEYOND = "with these values a number grows beyond what can be computed"


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """A result that can be drawn.

    Attributes:
        shown: the settings that it belongs to.
        result: what their run gave.
        problem: why these are not the settings that were asked for, if they are not.
        job: what computes those, while it does.
    """

    shown: BaseSettings
    result: Any
    problem: str = ""
    job: Job | None = None


def of(slug: str, view: View[Any, Any], settings: BaseSettings) -> Outcome:
    """The outcome of settings; the last good ones of the session stand in for bad or slow ones."""
    good = f"good:{slug}:{view.key}"
    problem, job = "", None
    try:
        if view.slow(settings):
            job = WORKSHOP.ask(slug, view.key, settings)
            job.wait()
            if job.state == "failed":
                raise ValueError(job.problem)
        if job is None or job.state == "done":
            result = cache.result(slug, view.key, settings) if job is None else job.result
            st.session_state[good] = settings
            return Outcome(settings, result)
    except ValueError as error:
        problem = str(error)
    except ArithmeticError:
        problem = BEYOND
    shown, stand_in = _last_good(slug, view, st.session_state.get(good))
    return Outcome(shown, stand_in, problem, job if job is not None and not job.over else None)


def _last_good(
    slug: str, view: View[Any, Any], settings: BaseSettings | None
) -> tuple[BaseSettings, Any]:
    shown = settings if settings is not None else view.settings()
    if view.slow(shown):
        job = WORKSHOP.ask(slug, view.key, shown)
        if job.state == "done":
            return shown, job.result
        shown = view.settings()
    return shown, cache.result(slug, view.key, shown)
