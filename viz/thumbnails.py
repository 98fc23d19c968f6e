"""Draw the home page's pictures anew from the default films: python -m viz.thumbnails."""

from viz import catalog, export
from viz.draw import film as films
from viz.draw import theme
from viz.ui.stage.files import THUMBNAILS


def main() -> None:
    """Write one light and one dark SVG for every concept."""
    THUMBNAILS.mkdir(exist_ok=True)
    for concept in catalog.CONCEPTS:
        view = concept.views()[0]
        film = view.film(view.run(view.settings()))
        figure = films.figure_at(film, film.start_index)
        for mode, drawn in (("light", figure), ("dark", theme.to_dark(figure))):
            path = THUMBNAILS / f"{concept.slug}-{mode}.svg"
            path.write_bytes(export.image(drawn, "svg"))


if __name__ == "__main__":
    main()
