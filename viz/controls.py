"""The controls that a settings model declares: kind, bounds, stops, and the grid they snap to."""

import math
import types
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

SLIDER_STEPS = 400

Kind = Literal["slider", "box", "stops", "choice", "switch", "text", "table", "own"]


@dataclass(frozen=True, slots=True)
class Control:
    """One field as page, link and command line see it."""

    field: str
    kind: Kind
    key: str
    label: str
    default: Any
    whole: bool
    low: float
    high: float
    step: float | None
    stops: tuple[Any, ...]
    limit: int
    when: tuple[tuple[str, tuple[Any, ...]], ...]
    hint: str
    upload: tuple[str, ...]
    image: int

    def snap(self, value: Any) -> Any:
        """The nearest value that the control can show."""
        if self.kind == "stops":
            return min(self.stops, key=lambda stop: abs(_log(stop) - _log(value)))
        if self.kind not in ("slider", "box"):
            return value
        inside = min(max(value, self.low), self.high)
        if self.step:
            inside = self.low + round((inside - self.low) / self.step) * self.step
            inside = min(round(inside, 10), self.high)
        return int(inside) if self.whole else float(inside) + 0.0

    def shown(self, values: Mapping[str, Any]) -> bool:
        """Whether the control is drawn when the other fields have these values."""
        return all(values.get(name) in allowed for name, allowed in self.when)

    def written(self, value: Any) -> str:
        """The value as the link carries it."""
        if isinstance(value, bool):
            return "true" if value else "false"
        return repr(value) if isinstance(value, int | float) else str(value)


_CONTROLS: dict[type[BaseModel], tuple[Control, ...]] = {}


def controls(model: type[BaseModel]) -> tuple[Control, ...]:
    """The controls of a settings model, in the order of its fields."""
    if model not in _CONTROLS:
        _CONTROLS[model] = tuple(_control(model, name) for name in model.model_fields)
    return _CONTROLS[model]


def _control(model: type[BaseModel], name: str) -> Control:
    field = model.model_fields[name]
    known: dict[str, Any] = dict(field.json_schema_extra)  # type: ignore[arg-type]
    whole = field.annotation is int
    stops = _stops(known, field.default, whole) if known.get("log") else ()
    if known["kind"] == "choice":
        stops = _literal_options(field.annotation)
    step = known.get("step") or (1 if whole and known["kind"] == "number" else None)
    control = Control(
        field=name,
        kind=_kind(known, step),
        key=known["key"],
        label=known["label"],
        default=float(field.default) if field.annotation is float else field.default,
        whole=whole,
        low=known.get("low", 0.0),
        high=known.get("high", 0.0),
        step=step,
        stops=stops,
        limit=known.get("limit", 0),
        when=tuple((other, tuple(values)) for other, values in known["when"].items()),
        hint=known["hint"],
        upload=tuple(known.get("upload", ())),
        image=known.get("image", 0),
    )
    if control.snap(field.default) != field.default:
        nearest = control.snap(field.default)
        raise ValueError(f"{name}: the default {field.default} is off its grid, next is {nearest}")
    return control


def _kind(known: Mapping[str, Any], step: float | None) -> Kind:
    if known["kind"] != "number":
        return known["kind"]
    if known["log"]:
        return "stops"
    few = step is not None and (known["high"] - known["low"]) / step <= SLIDER_STEPS
    return "slider" if few and not known["box"] else "box"


def _stops(known: Mapping[str, Any], default: float, whole: bool) -> tuple[Any, ...]:
    low, high, each = math.log10(known["low"]), math.log10(known["high"]), known["log"]
    count = round((high - low) * each)
    spread = [10 ** (low + (high - low) * i / max(count, 1)) for i in range(count + 1)]
    near = 10 ** (0.5 / each)
    rounded = {float(f"{v:.3g}") for v in spread if not default / near < v < default * near}
    rounded |= {float(default)}
    rounded |= {0.0} if known["zero"] else set()
    inside = [v for v in rounded if v == 0 or known["low"] <= v <= known["high"]]
    return tuple(sorted({round(v) for v in inside} if whole else set(inside)))


def _literal_options(annotation: Any) -> tuple[str, ...]:
    if get_origin(annotation) in (Union, types.UnionType):
        annotation = get_args(annotation)[0]
    return tuple(get_args(annotation))


def _log(value: float) -> float:
    return math.log10(value) if value > 0 else -99.0
