"""Where the cards of the trained model's figure stand, in pixel-like units, y upwards."""

from dataclasses import dataclass

from viz.draw.graph import Point
from viz.translation.results import Translation

SLOTS = 8


@dataclass(frozen=True, slots=True)
class Places:
    """A card for every output: the words it chose from, between the word fed and the word said.

    Attributes:
        width, height: of the figure.
        cards: left edge and middle height of each. card: width and height.
        ranks: how many of the likeliest words a card shows.
        encoder: centres of the encoder's cells. cell: their size. reads: how wide a source word
            may be.
        right, says, fed: places of the true word, the word said and the word fed, from a card's
            left edge and middle.
        fonts: of words, of the card's words, of the source.
    """

    width: int
    height: int
    cards: tuple[Point, ...]
    card: tuple[float, float]
    ranks: int
    encoder: tuple[Point, ...]
    cell: float
    reads: float
    right: Point
    says: Point
    fed: Point
    fonts: tuple[int, int, int]
    phone: bool

    @property
    def lane(self) -> float:
        """Half the way between two cards."""
        return (self.cards[1][0] - self.cards[0][0] - self.card[0]) / 2


def fitted(word: str, room: float, size: int) -> str:
    """A word cut to so many pixels in this size."""
    most = max(4, int(room / (0.5 * size)))
    return word if len(word) <= most else f"{word[: most - 1]}…"


def places(result: Translation, phone: bool) -> Places:
    """Cards side by side, the encoder left of them or (vertical stack) under them."""
    count = _count(result)
    if phone:
        return _phone(result, count)
    upright = result.trained.config.stack == "vertical"
    left, tokens = 96.0 if upright else 214.0, min(len(result.read), SLOTS)
    columns = max(count, tokens if upright else 0)
    space = 34 if columns < SLOTS else 24
    gap = min(170.0, (996 + space - left) / columns)
    wide = gap - space
    if upright:
        middle, tall, step = 262.0, 176.0, 52.0
        encoder = tuple((left + gap * i + wide - 22, 66.0) for i in range(tokens))
    else:
        middle, tall = 220.0, 216.0
        step = min(52.0, 330 / max(len(result.read) - 1, 1))
        top = middle + step * (len(result.read) - 1) / 2
        encoder = tuple((112.0, top - step * i) for i in range(len(result.read)))
    return Places(
        width=1000,
        height=440,
        cards=tuple((left + gap * j, middle) for j in range(count)),
        card=(wide, tall),
        ranks=5,
        encoder=encoder,
        cell=min(36.0, 0.72 * step),
        reads=gap if upright else 90.0,
        right=(wide / 2, tall / 2 + 66),
        says=(wide / 2, tall / 2 + 30),
        fed=(wide / 2 - (18 if upright else 0), -tall / 2 - 40),
        fonts=(18 if gap > 100 else 16, 15 if gap > 110 else 14, min(18, max(14, round(step) - 4))),
        phone=False,
    )


def _count(result: Translation) -> int:
    """As many cards as the right sentence and what is said at the end need; early babble is cut."""
    step = result.step if result.play == "words" else result.steps[-1]
    said = len(result.said[result.steps.index(step)].said)
    truth = len(result.truth) + 1 if result.truth is not None else 0
    return min(max(said, truth), SLOTS)


def _phone(result: Translation, count: int) -> Places:
    """Cards under each other; of a vertical stack each has its own source token beside it."""
    rows, upright = 78.0, result.trained.config.stack == "vertical"
    head, tokens = 62 if upright else 124, min(len(result.read), SLOTS)
    height = round(head - 20 + rows * max(count, tokens if upright else 0))
    cards = tuple((104.0, height - head - rows * j) for j in range(count))
    near = min(62.0, 346 / tokens)
    beside = [(18.0, height - head - rows * i - 15) for i in range(tokens)]
    above = [(6 + near / 2 + near * i, height - 36.0) for i in range(tokens)]
    return Places(
        width=358,
        height=height,
        cards=cards,
        card=(142.0, 64.0),
        ranks=3,
        encoder=tuple(beside if upright else above),
        cell=20 if upright else 26,
        reads=72.0 if upright else near,
        right=(202.0, 14.0),
        says=(202.0, -12.0),
        fed=(-52.0, 15.0 if upright else 0.0),
        fonts=(15, 13, 13),
        phone=True,
    )
