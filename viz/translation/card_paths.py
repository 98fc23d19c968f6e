"""The ways that words and states take between encoder, cards and words of the trained model."""

from viz.draw import graph
from viz.draw.graph import Path
from viz.translation.card_places import Places
from viz.translation.compute import EOS
from viz.translation.network import Said
from viz.translation.results import Translation


def passed(result: Translation, at: Places, read: int, fed: int) -> list[Path]:
    """From token to token through the encoder, on to the decoder, and from card to card."""
    ways = _encoder_ways(at)[: max(read - 1, 0)]
    over = _hand_over(result, at)
    upright = result.trained.config.stack == "vertical"
    ways += over[:fed] if upright else over[: min(fed, 1)]
    return ways + _card_ways(at)[: max(fed - 1, 0)] + _entering(at)[:fed]


def _encoder_ways(at: Places) -> list[Path]:
    gap = at.cell / 2 + 2
    pairs = zip(at.encoder, at.encoder[1:], strict=False)
    return [graph.shorten(graph.straight(a, b), start=gap, end=gap + 2) for a, b in pairs]


def _hand_over(result: Translation, at: Places) -> list[Path]:
    half, gap = at.card[1] / 2, at.cell / 2 + 3
    upright = result.trained.config.stack == "vertical"
    if upright and at.phone:
        return [
            graph.straight((card[0] - 14, y), (card[0] - 3, y))
            for (_, y), card in zip(at.encoder, at.cards, strict=False)
        ]
    if upright:
        return [
            graph.straight((x, y + gap), (x, card[1] - half - 4))
            for (x, y), card in zip(at.encoder, at.cards, strict=False)
        ]
    (x, y), (left, middle) = at.encoder[-1], at.cards[0]
    if at.phone:
        return [graph.straight((x, y - 30), (left + at.card[0] / 2, middle + half + 4))]
    way = graph.curve((x + gap, y), (left - 4, middle), points=10)
    return [way]


def _card_ways(at: Places) -> list[Path]:
    wide, tall = at.card
    pairs = zip(at.cards, at.cards[1:], strict=False)
    if at.phone:
        return [
            graph.straight((x + wide / 2, y - tall / 2), (u + wide / 2, v + tall / 2 + 3))
            for (x, y), (u, v) in pairs
        ]
    return [graph.straight((x + wide, y), (u - 2, v)) for (x, y), (u, v) in pairs]


def _entering(at: Places) -> list[Path]:
    """From the word fed into its card."""
    right, up = at.fed
    if at.phone:
        return [graph.straight((x - 14, y + up), (x - 3, y + up)) for x, y in at.cards]
    return [
        graph.straight((x + right, y + up + 14), (x + right, y - at.card[1] / 2 - 4))
        for x, y in at.cards
    ]


def fed_back(result: Translation, at: Places, said: Said, out: int) -> list[Path]:
    """From a word out to the next word in, between the cards; on a phone words stand close."""
    if at.phone:
        return []
    start = at.right if result.mode == "training" else at.says
    words = (*(result.truth or ()), EOS) if result.mode == "training" else said.said
    paths = []
    for j in range(min(out, len(said.fed) - 1, len(at.cards) - 1)):
        if result.forced is not None and result.forced[0] == j + 1:
            continue
        (x, y), (u, _) = at.cards[j], at.cards[j + 1]
        lane, wide = u - at.lane, 0.29 * at.fonts[0]
        left = min(x + start[0] + wide * len(words[j]) + 6, lane - 6)
        high, low = y + start[1], y + at.fed[1]
        right = max(u + at.fed[0] - wide * len(said.fed[j + 1]) - 4, lane + 6)
        control = [(left, high), (lane, high), (lane, high - 40), (lane, low + 40), (lane, low)]
        paths.append(graph.bezier([*control, (right, low)], points=14))
    return paths
