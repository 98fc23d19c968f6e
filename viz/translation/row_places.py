"""Where cells, words and rows of the two-row figure stand, in pixel-like units, y upwards."""

from dataclasses import dataclass

from viz.draw.graph import Point
from viz.translation.compute import Rows


@dataclass(frozen=True, slots=True)
class Places:
    """A layout of the unrolled net.

    Attributes:
        width, height: of the figure.
        encoder, decoder: centres of the cells. cell: their size.
        source: height of the encoder's words.
        truth, says: heights of the right translation and of the words that come out.
        head: height of w1, w2, ...; training, own: heights of the two rows of inputs.
        lane: how far input words stand left of their cell, to leave room for an upward arrow.
        band: half the height of a row. font: size of words.
        phone: whether labels have lines of their own.
    """

    width: int
    height: int
    encoder: tuple[Point, ...]
    decoder: tuple[Point, ...]
    cell: float
    source: float
    truth: float
    says: float
    head: float
    training: float
    own: float
    lane: float
    band: float
    font: int
    phone: bool

    @property
    def gap(self) -> float:
        """From one decoder cell to the next."""
        return self.decoder[1][0] - self.decoder[0][0]

    @property
    def lift(self) -> float:
        """How far the middle of a row is above its words: below, for the label, on a phone."""
        return -11 if self.phone else 0

    @property
    def labels(self) -> float:
        """Right edge of the labels beside the decoder."""
        return self.decoder[0][0] - self.lane - max(self.cell / 2, 40) - 18

    def line(self, height: float, *, read: bool = False, lane: float = 0) -> list[Point]:
        """Places of a row of words; in narrow columns every other word stands higher."""
        cells = self.encoder if read else self.decoder
        lift = 7.0 if self._narrow(read) else 0.0
        return [(x - lane, height + (lift if j % 2 else -lift)) for j, (x, _) in enumerate(cells)]

    def _column(self, read: bool) -> float:
        return self.encoder[1][0] - self.encoder[0][0] if read else self.gap

    def _narrow(self, read: bool) -> bool:
        return self._column(read) < 40

    def fitted(self, word: str, *, read: bool = False) -> str:
        """A word that keeps to its column, cut where it is too long; ``read`` by the encoder."""
        room = self._column(read) * (2 if self._narrow(read) else 1)
        if not read and not self.phone:
            room = min(room, 72.0)
        most = max(6, int(room / (0.5 * self.font)))
        return word if len(word) <= most else f"{word[: most - 1]}…"


def places(result: Rows, phone: bool) -> Places:
    """Encoder and decoder side by side; one above the other on a phone or when stacked."""
    upright = result.stack == "vertical"
    if phone:
        return _phone_upright(result) if upright else _phone(result)
    return _upright(result) if upright else _beside(result)


def _beside(result: Rows) -> Places:
    count, steps = len(result.source), len(result.truth)
    near = min(80.0, 400 / count)
    first = max(40 + near * (count - 1) + 106, 350.0)
    gap = min(112.0, (962 - first) / (steps - 1))
    size = min(50.0, near - 18, gap - 18)
    return Places(
        width=1000,
        height=440,
        encoder=tuple((40 + near * i, 258.0) for i in range(count)),
        decoder=tuple((first + gap * j, 258.0) for j in range(steps)),
        cell=size,
        source=208,
        truth=396,
        says=330,
        head=180,
        training=122,
        own=48,
        lane=0,
        band=31,
        font=_font(min(near, gap)),
        phone=False,
    )


def _upright(result: Rows) -> Places:
    count, steps = len(result.source), len(result.truth)
    gap = min(150.0, 760 / max(count, steps))
    x = [262 + gap * j for j in range(max(count, steps))]
    right = min(34.0, gap / 4)
    return Places(
        width=1000,
        height=440,
        encoder=tuple((v + right, 72.0) for v in x[:count]),
        decoder=tuple((v, 304.0) for v in x[:steps]),
        cell=min(50.0, gap - 24),
        source=24,
        truth=418,
        says=362,
        head=252,
        training=206,
        own=144,
        lane=min(26.0, gap / 5),
        band=26,
        font=_font(gap),
        phone=False,
    )


def _phone(result: Rows) -> Places:
    count, steps = len(result.source), len(result.truth)
    near, gap = min(64.0, 330 / count), min(66.0, 340 / steps)
    return Places(
        width=358,
        height=530,
        encoder=tuple((6 + near / 2 + near * i, 466.0) for i in range(count)),
        decoder=tuple((10 + gap / 2 + gap * j, 250.0) for j in range(steps)),
        cell=min(38.0, near - 14, gap - 14),
        source=426,
        truth=358,
        says=298,
        head=206,
        training=162,
        own=66,
        lane=0,
        band=20,
        font=13 if min(near, gap) < 60 else 14,
        phone=True,
    )


def _phone_upright(result: Rows) -> Places:
    count, steps = len(result.source), len(result.truth)
    columns = max(count, steps)
    gap = min(64.0, 286 / (columns - 0.5))
    x = [56 + gap * j for j in range(columns)]
    return Places(
        width=358,
        height=530,
        encoder=tuple((v + 13, 66.0) for v in x[:count]),
        decoder=tuple((v, 376.0) for v in x[:steps]),
        cell=min(36.0, gap - 14),
        source=24,
        truth=484,
        says=424,
        head=334,
        training=284,
        own=190,
        lane=min(10.0, gap / 4),
        band=20,
        font=13,
        phone=True,
    )


def _font(gap: float) -> int:
    return 18 if gap >= 70 else 15 if gap >= 56 else 14
