"""Where the texts of the eight steps stand."""

from dataclasses import dataclass

from viz.attention.rows import (
    Columns,
)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the texts of the eight steps stand; ``drop`` is how far a second line hangs."""

    columns: Columns
    product: float
    mixed: float
    drop: float


WIDE = Places(
    Columns(
        width=1000,
        height=424,
        key=14,
        score=416,
        score_bar=(0, 0),
        bar=(446, 574),
        number=582,
        value=648,
        right=1000,
        head=358,
        top=310,
        bottom=126,
        font=17,
        small=15,
    ),
    product=336,
    mixed=988,
    drop=0,
)


PHONE = Places(
    Columns(
        width=358,
        height=560,
        key=8,
        score=122,
        score_bar=(0, 0),
        bar=(140, 222),
        number=230,
        value=284,
        right=358,
        head=494,
        top=458,
        bottom=150,
        font=15,
        small=13,
    ),
    product=6,
    mixed=350,
    drop=22,
)
