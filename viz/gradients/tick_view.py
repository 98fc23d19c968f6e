"""The exam's view: the table, and the comparison behind each of its cells."""

from collections.abc import Mapping
from typing import Any, Literal

from viz.draw.film import Film
from viz.gradients import charts, derivations, figures, results, rounding, snippets
from viz.gradients.exam import SEED
from viz.gradients.experiments import Column, Experiment, Row
from viz.gradients.nets import NetSpec
from viz.gradients.results import LIVE_COST, Tick
from viz.gradients.store import grad_norm_of
from viz.settings import BaseSettings, choice, number, switch
from viz.view import Preset, Progress, View, quiet

SIZES = SEED.measure
ROWS: dict[str, Row] = {"He": "he", "skip": "skip", "BN": "bn"}
COLUMNS: dict[str, Column] = {"vanish": "vanishing", "explode": "exploding"}


class TickSettings(BaseSettings):
    """A cell of the table, and the nets that it is tried on."""

    row: Literal["He", "skip", "BN"] = choice("He", key="row", label="Tool")
    column: Literal["vanish", "explode"] = choice("vanish", key="col", label="Against")
    catch: bool = switch(
        False,
        key="catch",
        label="The catch",
        when={"column": ("explode",)},
        hint="Compared with another net the cell reads otherwise.",
    )
    depth: int = number(SIZES.depth, key="depth", label="Depth", low=2, high=100)
    seed: int = number(0, key="seed", label="Seed", low=0, high=999, box=True)


def experiment_of(settings: TickSettings) -> Experiment:
    """The comparison that the settings choose."""
    return results.find(ROWS[settings.row], COLUMNS[settings.column], catch=settings.catch)


def specs(settings: TickSettings) -> tuple[NetSpec, NetSpec]:
    """Baseline and treated net."""
    base = NetSpec(depth=settings.depth, width=SIZES.width, batch=SIZES.batch, seed=settings.seed)
    one = experiment_of(settings)
    return one.baseline.spec(base), one.treated.spec(base)


def run(settings: TickSettings, progress: Progress = quiet) -> Tick:
    one = experiment_of(settings)
    nets = []
    for place, spec in enumerate(specs(settings)):
        progress(place / 2, (one.baseline, one.treated)[place].words)
        nets.append(results.curve(spec, SIZES.limit))
    keys = {
        (row.id, column): ticked
        for row in SEED.row
        for column, ticked in zip(COLUMNS.values(), row.key, strict=True)
    }
    ticked = keys[one.row, one.column]
    cells = results.cells(keys, one if one.catch else None)
    return Tick(cells, one, before=nets[0], after=nets[1], ticked=ticked)


def slow(settings: TickSettings) -> bool:
    nets = [spec for spec in specs(settings) if grad_norm_of(spec) is None]
    return sum(results.weight_of(spec) for spec in nets) > LIVE_COST


def film(found: Tick, *, phone: bool = False) -> Film:
    return figures.tick_film(found, phone=phone)


def answer(found: Tick) -> list[float]:
    return [found.before.log_ratio, found.after.log_ratio]


def snippet(settings: TickSettings) -> str:
    one = experiment_of(settings)
    names = one.baseline.words, one.treated.words
    return snippets.many(dict(zip(names, specs(settings), strict=True)))


def agree(settings: TickSettings) -> Mapping[str, float]:
    """R of the treated net, by hand-written backward pass and by autograd."""
    return rounding.agreement(specs(settings)[1:])


def values_table(found: Tick) -> dict[str, Any]:
    """Every cell of the table with its comparison."""
    return {
        "tool": [cell.row for cell in found.cells],
        "column": [cell.column for cell in found.cells],
        "exam": ["✓" if cell.ticked else "–" for cell in found.cells],
        "compared with": [cell.experiment.baseline.words for cell in found.cells],
        "treated": [cell.experiment.treated.words for cell in found.cells],
        "log₁₀ (at the input / at the output) before": [cell.before for cell in found.cells],
        "after": [cell.after for cell in found.cells],
    }


def more(found: Tick, *, phone: bool = False) -> tuple[Film, ...]:
    del found
    return (charts.forgotten_scale(phone=phone), charts.batch_growth(phone=phone))


def _show(label: str, row: str, column: str, words: str, *, catch: bool = False) -> Preset:
    values: dict[str, Any] = {"row": row, "column": column}
    return Preset(label, {**values, "catch": True} if catch else values, words)


PRESETS = (
    _show("Show me: He, vanishing", "He", "vanish", "Compared with Xavier."),
    _show("Show me: He, exploding", "He", "explode", "Compared with Xavier of the same gain."),
    _show("He, also accepted", "He", "explode", "Compared with N(0, 1).", catch=True),
    _show("Show me: skip, vanishing", "skip", "vanish", "Compared with weights half of Xavier's."),
    _show("Show me: skip, exploding", "skip", "explode", "Compared with twice He's weights."),
    _show("skip, the catch", "skip", "explode", "Compared with a healthy He net.", catch=True),
    _show("Show me: BN, vanishing", "BN", "vanish", "Compared with weights half of Xavier's."),
    _show("Show me: BN, exploding", "BN", "explode", "Compared with N(0, 1)."),
    _show("BN, the catch", "BN", "explode", "Compared with a healthy He net.", catch=True),
)
FINDINGS = (
    _show("the catch of batch norm", "BN", "explode",
          "Compared with a well-scaled He net it makes gradients grow by about 20 % a layer.",
          catch=True),
    _show("skips against a healthy net", "skip", "explode",
          "They rescue a dying net and overdo it in a healthy one.", catch=True),
    Preset("only ten layers", {"depth": 10},
           "Compared with Xavier, He hardly matters here: depth is what multiplies."),
)  # fmt: skip

VIEW = View(
    key="ticks",
    label="Ticks",
    settings=TickSettings,
    run=run,
    film=film,
    answer=answer,
    snippet=snippet,
    derive=derivations.tick,
    agree=agree,
    more=more,
    slow=slow,
    presets=PRESETS,
    findings=FINDINGS,
    table=values_table,
    atol=rounding.ATOL,
)
