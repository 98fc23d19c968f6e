"""What a concept declares for page, export and tests: its views."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from viz.draw.film import Film
from viz.settings import BaseSettings


class Cancelled(Exception):
    """Raised inside ``run`` by ``progress`` when nobody waits for the result any more."""


class Progress(Protocol):
    """Told now and then how far a long run is."""

    def __call__(self, share: float, words: str = "") -> None:
        """Report the share done, from 0 to 1, and what is being done."""


def quiet(share: float, words: str = "") -> None:
    """The progress of a run that nobody watches."""


@dataclass(frozen=True, slots=True)
class Line:
    """One step of a derivation: a formula with live numbers and the reason for it."""

    latex: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Preset:
    """A named state of the controls.

    Attributes:
        label: the words of its button.
        values: field -> value; fields that are not named take their defaults.
        words: what to notice, one sentence.
        view: key of the view it opens, if that is another one.
        step: index of the frame to show; None is the film's own.
    """

    label: str
    values: Mapping[str, Any]
    words: str = ""
    view: str = ""
    step: int | None = None


S = TypeVar("S", bound=BaseSettings)
R = TypeVar("R")


def _no_charts(_result: Any, /, **_options: bool) -> tuple[Film, ...]:
    return ()


def _never(_settings: Any, /) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class View(Generic[S, R]):
    """One way to look at a concept.

    Attributes:
        key: its name in the link, short and ASCII.
        label: its name on the page.
        settings: the model of its controls; the defaults are the exam's case.
        run: settings -> frozen result. Bad input is a ValueError with a sentence.
        film: result -> the picture on the stage.
        answer: the number (or list of numbers) the page is about.
        snippet: self-contained Python (PyTorch) that leaves the same in ``answer``.
        derive: result -> the steps of the derivation with live numbers.
        agree: settings -> the same number by several witnesses ("closed form", "viz", "PyTorch").
        more: result -> further charts for the Explore tab.
        slow: settings -> whether ``run`` needs a job; never for the defaults.
        presets: named states of the controls.
        findings: the "try this" of the Explore tab, best three.
        atol: how closely the witnesses agree, as the page says it.
        table: result -> columns of the value table of the Explore tab.
    """

    key: str
    label: str
    settings: type[S]
    run: Callable[..., R]
    film: Callable[..., Film]
    answer: Callable[[R], Any]
    snippet: Callable[[S], str]
    derive: Callable[[R], tuple[Line, ...]]
    agree: Callable[[S], Mapping[str, float]]
    more: Callable[..., tuple[Film, ...]] = _no_charts
    slow: Callable[[S], bool] = _never
    presets: tuple[Preset, ...] = ()
    findings: tuple[Preset, ...] = ()
    atol: float = 1e-9
    table: Callable[[R], Mapping[str, Any]] | None = None
