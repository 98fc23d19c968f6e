"""The axes of one feature's two panels."""

from typing import Any


def ruled_axis(low: float, high: float, anchor: str, *, ticks: int) -> dict[str, Any]:
    """A line with at most ``ticks`` numbers; 0 for none."""
    return {
        "range": [low, high],
        "anchor": anchor,
        "showgrid": False,
        "showline": True,
        "showticklabels": ticks > 0,
        "ticks": "outside" if ticks else "",
        "nticks": ticks,
        "fixedrange": True,
    }


def bare_axis(domain: list[float], limits: tuple[float, float]) -> dict[str, Any]:
    """A range without a line: heights of a density are not read."""
    return {"domain": domain, "range": list(limits), "visible": False, "fixedrange": True}
