"""The exam's linear autoencoder and the four views around it."""

from viz import seeds
from viz.autoencoder import image_view, price_view, race_view, training_view, valley_view


class Exam(seeds.SeedModel):
    """Question 12: what is offered, what is right."""

    layers: int
    loss: str
    losses: tuple[str, ...]
    needed: tuple[str, ...]
    offered: tuple[str, ...]
    orthonormal: bool
    minimiser: float
    penalty: str


SEED = seeds.load("autoencoder", Exam)

VIEWS = (
    training_view.VIEW,
    valley_view.VIEW,
    price_view.VIEW,
    race_view.VIEW,
    image_view.VIEW,
)
