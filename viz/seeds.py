"""Read the exam's numbers: seeds/<concept>.toml through a pydantic model."""

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

FOLDER = Path(__file__).resolve().parents[1] / "seeds"


class SeedModel(BaseModel):
    """Base of every seed file's model: frozen, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Model = TypeVar("Model", bound=SeedModel)


def load(concept: str, model: type[Model]) -> Model:
    """The seed file of a concept as its model.

    Raises:
        ValueError: naming the file, the key and the rule.
    """
    path = FOLDER / f"{concept}.toml"
    if not path.is_file():
        there = ", ".join(sorted(p.stem for p in FOLDER.glob("*.toml")))
        raise ValueError(f"no seed file for '{concept}'; there are: {there}")
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path.name}: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{path.name}: {where}: {first['msg']}") from None


def text(name: str) -> str:
    """A text file of the seeds folder, by its full name."""
    return (FOLDER / name).read_text(encoding="utf-8")
