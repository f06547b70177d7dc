"""The files that a run was made from, by their digests: it is not taken up again when others stand in their places."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from globalpointer.config import Recipe
from globalpointer.data.readers.source import split_place
from globalpointer.data.writers.files import new_file
from globalpointer.errors import ConfigError
from globalpointer.training.documents import resolve_path

INPUTS = "inputs.json"

OF_MODELS = ("config.json", "model.safetensors", "pytorch_model.bin", "tokenizer.json", "vocab.txt")
"""What matters of a model folder: reports and checkpoints may come and go."""

SHOWN = 12
"""Hexadecimal digits of a digest that tell two files apart for a reader."""

Digests = Mapping[str, str]
"""SHA-256 by the name of a file in the recipe; of those in a folder by "folder/name", of their names by "folder/"."""


def digests(recipe: Recipe, base: Path | None = None) -> Digests:
    """Of every file that a recipe names: data, the teacher and its texts, and models in folders.

    `base`: the folder of the recipe. What is not there is left out: hub names, standard input, and files that are
    missing, which those who read them report better.
    """
    found = {}
    for name, place in places(recipe, base).items():
        for file in _files(place):
            inside = f"/{file.relative_to(place)}" if place.is_dir() else ""
            found[f"{name}{inside}"] = _digest(file)
        if place.is_dir() and not is_model(place):
            found[f"{name}/"] = _digest_of_names(place)
    return found


def places(recipe: Recipe, base: Path | None = None) -> dict[str, Path]:
    """Where each file and folder that a recipe names is, by that name."""
    names = dict.fromkeys(str(split_place(path)[0]) for path in _named(recipe))
    return {name: Path(resolve_path(name, base)) for name in names}


def check(folder: Path, now: Digests) -> None:
    """Raise ConfigError where the run in this folder was begun with other files.

    A run without digests, begun by an earlier version, is not judged.
    """
    kept = folder / INPUTS
    if not kept.is_file():
        return
    try:
        before = dict(json.loads(kept.read_text(encoding="utf-8")))
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{kept}: damaged ({error}); begin anew with --overwrite, or use another --output") from None
    changed = [name for name, digest in now.items() if before.get(name, digest) != digest]
    if changed:
        told = ", ".join(
            f"{name} (files were added or taken away)"
            if name.endswith("/")
            else f"{name} (sha256 {before[name][:SHOWN]}, now {now[name][:SHOWN]})"
            for name in changed
        )
        raise ConfigError(
            f"{folder}: the run to resume was begun with other files: {told}; bring them back, begin anew with "
            "--overwrite, or use another --output"
        )


def keep(folder: Path, now: Digests) -> None:
    """Write the digests into the folder of a run that begins."""
    with new_file(folder / INPUTS) as file:
        file.write(json.dumps(now, indent=1, ensure_ascii=False) + "\n")


def _named(recipe: Recipe) -> Iterator[str]:
    data, taught = recipe.data, recipe.distillation
    for paths in (data.train, data.dev, data.test, data.without, taught and [taught.teacher, *taught.unlabelled]):
        yield from paths or ()
    models = (recipe.model.encoder, recipe.model.tokenizer, recipe.model.start_from)
    yield from (name for name in models if name and Path(name).is_dir())


def _files(place: Path) -> Iterator[Path]:
    """The file itself, of a model folder what matters, of any other folder all files."""
    if place.is_file():
        yield place
    elif is_model(place):
        yield from (place / name for name in OF_MODELS if (place / name).is_file())
    elif place.is_dir():
        yield from sorted(each for each in place.rglob("*") if each.is_file())


def is_model(place: Path) -> bool:
    """Whether a folder holds a model, of any library."""
    return (place / "config.json").is_file()


def _digest_of_names(place: Path) -> str:
    names = "\n".join(str(file.relative_to(place)) for file in _files(place))
    return hashlib.sha256(names.encode("utf-8", "surrogateescape")).hexdigest()


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
