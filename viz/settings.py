"""What a reader may change: one declaration for widget, link, command line and tests."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from viz.controls import Control, controls
from viz.draw.numbers import plain

__all__ = [
    "BaseSettings",
    "Control",
    "Reading",
    "choice",
    "controls",
    "number",
    "own_data",
    "read",
    "settings_from",
    "switch",
    "table",
    "text",
    "to_link",
]

RESERVED = frozenset(
    {
        *("view", "tab", "step", "q", "variant", "lecture", "ghost", "embed"),
        *("embed_options", "dark", "move"),
    }
)
TABLE_LENGTH = 300

When = Mapping[str, tuple[Any, ...]]


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
            problems.append(f"{problem}; using {_named(control)}")
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
            return f"must be at least {plain(limits['ge'])}"
        case "less_than_equal":
            return f"must be at most {plain(limits['le'])}"
        case "string_too_long":
            return (
                f"may have at most {limits['max_length']} characters and has {len(first['input'])}"
            )
        case "literal_error":
            parted = "; " if any("," in stop for stop in control.stops) else ", "
            return f"must be one of {parted.join(control.stops)}"
    return "has a form that is not understood"


def _named(control: Control) -> str:
    """The default, as a sentence names it."""
    if control.kind in ("slider", "box", "stops"):
        return plain(control.default)
    return _excerpt(control.written(control.default))


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
