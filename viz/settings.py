"""What a reader may change: one declaration for widget, link, command line and tests."""

import math
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

RESERVED = frozenset(
    {
        *("view", "tab", "step", "q", "variant", "lecture", "ghost", "embed"),
        *("embed_options", "dark", "move"),
    }
)
SLIDER_STEPS = 400
TABLE_LENGTH = 300

When = Mapping[str, tuple[Any, ...]]
Kind = Literal["slider", "box", "stops", "choice", "switch", "text", "table", "own"]


def number(
    default: float,
    *,
    key: str,
    label: str,
    low: float,
    high: float,
    step: float | None = None,
    box: bool = False,
    log: int = 0,
    zero: bool = False,
    when: When | None = None,
    hint: str = "",
) -> Any:
    """A whole or a decimal number, as the field's annotation says.

    Args:
        default: its value in the exam's case.
        key: its name in the link, short and ASCII.
        label: its name on the page.
        low: the least value.
        high: the largest value.
        step: the grid's width, counted from ``low``; 1 for whole numbers if not given.
        box: a number box even where a slider would do.
        log: this many values a decade, as the stops of a slider.
        zero: with ``log``, 0 is a stop too.
        when: field name -> values with which this control is shown; hidden it has its default.
        hint: shown on hovering the label.
    """
    return _field(
        default,
        "number",
        key,
        label,
        when,
        hint,
        {"low": low, "high": high, "step": step, "box": box, "log": log, "zero": zero},
        ge=0 if zero else low,
        le=high,
    )


def choice(default: str, *, key: str, label: str, when: When | None = None, hint: str = "") -> Any:
    """One of the strings of the field's Literal; they are shown, and the link carries them."""
    return _field(default, "choice", key, label, when, hint, {})


def switch(default: bool, *, key: str, label: str, when: When | None = None, hint: str = "") -> Any:
    """On or off."""
    return _field(default, "switch", key, label, when, hint, {})


def text(
    default: str,
    *,
    key: str,
    label: str,
    limit: int = 200,
    when: When | None = None,
    hint: str = "",
) -> Any:
    """One line of text."""
    return _field(default, "text", key, label, when, hint, {"limit": limit}, max_length=limit)


def table(default: str, *, key: str, label: str, when: When | None = None, hint: str = "") -> Any:
    """A vector or a small matrix, rows parted by ``;``; `viz.tables` reads it in ``run``."""
    extra = {"limit": TABLE_LENGTH}
    return _field(default, "table", key, label, when, hint, extra, max_length=TABLE_LENGTH)


def own_data(
    *,
    example: str,
    limit: int,
    label: str = "Your own data",
    when: When | None = None,
    hint: str = "",
    upload: tuple[str, ...] = (),
    image: int = 0,
) -> Any:
    """Text of several lines that ``run`` parses; the field is named ``own``, and so is its key.

    Args:
        example: the default, a worked example to edit.
        limit: characters allowed.
        label: its name on the page.
        when: as in `number`.
        hint: one sentence on the form of the text, always visible.
        upload: file endings that may be uploaded instead ("csv", "txt"); read as UTF-8 text.
        image: if positive, PNG and JPEG too, turned into rows of grey values from 0 to 1, with
            at most this many pixels a side.
    """
    extra = {"limit": limit, "upload": list(upload), "image": image}
    return _field(example, "own", "own", label, when, hint, extra, max_length=limit)


def _field(
    default: Any,
    kind: str,
    key: str,
    label: str,
    when: When | None,
    hint: str,
    extra: Mapping[str, Any],
    **rules: Any,
) -> Any:
    if key in RESERVED:
        raise ValueError(f"the key '{key}' is reserved for the page itself")
    shown = {name: list(values) for name, values in (when or {}).items()}
    known = {"kind": kind, "key": key, "label": label, "when": shown, "hint": hint, **extra}
    return Field(default, json_schema_extra=known, **rules)


class BaseSettings(BaseModel):
    """Base of the settings of every view: frozen, hashable, always on its grid."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True
    )

    @field_validator("*", mode="after")
    @classmethod
    def _snap(cls, value: Any, info: ValidationInfo) -> Any:
        control = next(c for c in controls(cls) if c.field == info.field_name)
        return control.snap(value)


Settings = TypeVar("Settings", bound=BaseSettings)


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


_CONTROLS: dict[type[BaseSettings], tuple[Control, ...]] = {}


def controls(model: type[BaseSettings]) -> tuple[Control, ...]:
    """The controls of a settings model, in the order of its fields."""
    if model not in _CONTROLS:
        _CONTROLS[model] = tuple(_control(model, name) for name in model.model_fields)
    return _CONTROLS[model]


def _control(model: type[BaseSettings], name: str) -> Control:
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


@dataclass(frozen=True, slots=True)
class Reading(Generic[Settings]):
    """Settings that were read from text, and a sentence for everything that was refused."""

    settings: Settings
    problems: tuple[str, ...]
    refused: tuple[str, ...]


def read(model: type[Settings], raw: Mapping[str, Sequence[str]]) -> Reading[Settings]:
    """Read link keys (or field names) into settings; what is bad gets its default and a sentence.

    Unknown names are left alone, since a link may carry those of another view.
    """
    values: dict[str, Any] = {}
    problems: list[str] = []
    refused: list[str] = []
    for control in controls(model):
        name = control.key if control.key in raw else control.field
        if name not in raw:
            continue
        problem = _refusal(model, control, raw[name], name)
        if problem:
            problems.append(f"{problem}; using {_excerpt(control.written(control.default))}")
            refused.append(control.key)
        else:
            values[control.field] = _converted(control, raw[name][0])
    return Reading(model(**_shown_values(model, values)), tuple(problems), tuple(refused))


def _shown_values(model: type[BaseSettings], values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out fields whose control is hidden, so that equal pages have equal settings."""
    known = {c.field: values.get(c.field, c.default) for c in controls(model)}
    for control in controls(model):
        if not control.shown(known):
            known[control.field] = control.default
    return known


def settings_from(model: type[Settings], values: Mapping[str, Any]) -> Settings:
    """Settings from field values, hidden fields at their defaults."""
    return model(**_shown_values(model, values))


def _converted(control: Control, raw: str) -> Any:
    if control.kind in ("slider", "box", "stops"):
        return float(raw)
    return raw == "true" if control.kind == "switch" else raw


def _refusal(
    model: type[BaseSettings], control: Control, raw: Sequence[str], name: str
) -> str | None:
    if len(raw) != 1:
        return f"{name} must be given once, got {len(raw)} values"
    got = _excerpt(raw[0])
    if control.kind == "switch" and raw[0] not in ("true", "false"):
        return f"{name} must be true or false, got {got}"
    if control.kind in ("slider", "box", "stops"):
        try:
            value = float(raw[0])
        except ValueError:
            return f"{name} must be a number, got {got}"
        if not math.isfinite(value):
            return f"{name} must be a finite number, got {got}"
        if control.whole and value != int(value):
            return f"{name} must be a whole number, got {got}"
    try:
        model.model_validate({control.field: _converted(control, raw[0])})
    except ValidationError as error:
        return f"{name} {_rule(error, control)}, got {got}"
    return None


def _rule(error: ValidationError, control: Control) -> str:
    first = error.errors()[0]
    limits = first.get("ctx", {})
    match first["type"]:
        case "greater_than_equal":
            return f"must be at least {limits['ge']:g}"
        case "less_than_equal":
            return f"must be at most {limits['le']:g}"
        case "string_too_long":
            return f"may have at most {limits['max_length']} characters"
        case "literal_error":
            return f"must be one of {', '.join(control.stops)}"
    return "has a form that is not understood"


def _excerpt(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= 40 else f"{line[:39]}…"


def to_link(settings: BaseSettings) -> dict[str, str]:
    """Link keys and texts of the fields that differ from their defaults and are shown."""
    values = settings.model_dump()
    return {
        control.key: control.written(values[control.field])
        for control in controls(type(settings))
        if values[control.field] != control.default and control.shown(values)
    }
