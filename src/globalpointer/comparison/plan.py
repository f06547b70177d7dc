"""What is compared: systems, each with its seeds, on one dataset."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from globalpointer.build import EXTRACTORS, HEADS, look_up
from globalpointer.comparison.heads import with_head
from globalpointer.config import Recipe, load_recipe
from globalpointer.errors import ConfigError
from globalpointer.training.arguments import DEFAULTS, checked
from globalpointer.training.documents import resolve_path
from globalpointer.training.folder import RECIPE, REPORT

_PATHS = ("train", "dev", "test", "without")


@dataclass(frozen=True, slots=True)
class System:
    """A recipe under a name.

    `base`: the folder of its file, from which relative paths start. `dropped`: keys of the file that the head which was
    asked for does not take.
    """

    name: str
    recipe: Recipe
    base: Path | None = None
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """A system with a seed: what is trained at once."""

    system: str
    seed: int
    recipe: Recipe
    base: Path | None

    @property
    def name(self) -> str:
        """Of the folder of the run."""
        return f"{self.system}-{self.seed}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is to be run: all systems with the first seed, then all with the second."""

    systems: tuple[System, ...]
    runs: tuple[Run, ...]

    @property
    def kind(self) -> str:
        """Of the task, which all systems share."""
        return self.systems[0].recipe.task.kind


def make_plan(
    recipes: Sequence[str | Path] | str | Path,
    *,
    heads: Sequence[str] = (),
    seeds: Sequence[int] = (),
    overrides: Sequence[str] = (),
) -> Plan:
    """The plan of a comparison. `recipes`: TOML files, or folders of them; each is a system, named as its file, or as
    its folder where that is a model's, in which every recipe is called alike.

    `heads`: the one recipe with each of these heads, or whole extractors, instead. `seeds`: none for the seed of each
    recipe. Raises ConfigError, also where the recipes do not share `[data]` and the kind of task.
    """
    files = list(_files([recipes] if isinstance(recipes, str | Path) else recipes))
    if isinstance(heads, str):
        raise ConfigError(f"heads: expected a list of names, found {heads!r}")
    if heads and len(files) != 1:
        given = ", ".join(map(str, files))
        raise ConfigError(f"systems are made from one recipe, and {len(files)} were given: {given}")
    read = [System(_name(file), load_recipe(file, overrides), file.parent) for file in files]
    systems = tuple(_variant(read[0], head) for head in heads) if heads else tuple(read)
    _check_names([system.name for system in systems], "two systems", list(heads) or files)
    _check_shared(systems)
    for system in systems:
        _check_files(system)
    _check_names(seeds, "two seeds", seeds)
    for seed in seeds:
        checked("seed", seed)
    return Plan(systems, tuple(_runs(systems, seeds)))


def _files(recipes: Sequence[str | Path]) -> Iterator[Path]:
    for recipe in map(Path, recipes):
        found = sorted(recipe.glob("*.toml")) if recipe.is_dir() else [recipe]
        if not found:
            raise ConfigError(f"{recipe}: the folder holds no recipe (*.toml)")
        yield from found


def _name(file: Path) -> str:
    """Of the system in a recipe file, and of its folders and rows."""
    name = file.absolute().parent.name if file.name == RECIPE and (file.parent / REPORT).is_file() else file.stem
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise ConfigError(f"a system is named as its recipe, in UTF-8, and {name!r} is not: rename the file") from None
    return name


def _variant(system: System, head: str) -> System:
    look_up({**HEADS, **EXTRACTORS}, head, "system")
    recipe, dropped = with_head(system.recipe, head)
    return System(head, recipe, system.base, dropped)


def _check_names(names: Sequence[str | int], what: str, given: Sequence[Any]) -> None:
    for name in names:
        if names.count(name) > 1:
            same = ", ".join(str(each) for each, other in zip(given, names, strict=True) if other == name)
            raise ConfigError(f"{what} of one comparison have the name {str(name)!r}: {same}; rename or leave out one")


def _check_shared(systems: Sequence[System]) -> None:
    """Scores on other documents, or of other things, do not belong into one table."""
    if not systems:
        raise ConfigError("a comparison needs at least one recipe")
    first, *others = systems
    expected = _shared(first)
    for other in others:
        found = _shared(other)
        keys = [key for key, value in expected.items() if found[key] != value]
        if keys:
            differing = ", ".join(f"{key} ({expected[key]!r} and {found[key]!r})" for key in keys)
            raise ConfigError(
                f"the recipes of a comparison share [data] and task.kind, but {first.name} and {other.name} differ in "
                f"{differing}; make them alike, perhaps with --set"
            )


def _check_files(system: System) -> None:
    """What each run reads anew cannot be standard input."""
    data, taught = system.recipe.data, system.recipe.distillation
    named = [path for part in _PATHS for path in getattr(data, part) or ()]
    if "-" in named or (taught and "-" in taught.unlabelled):
        raise ConfigError(f"{system.name}: each run reads the files anew, and - is standard input: name a file")


def _shared(system: System) -> Mapping[str, Any]:
    """What must be the same in all recipes, paths as they lead somewhere."""
    data = system.recipe.data.model_dump()
    for key in _PATHS:
        if data[key] is not None:
            data[key] = [str(Path(resolve_path(path, system.base)).absolute()) for path in data[key]]
    return {**{f"data.{key}": value for key, value in data.items()}, "task.kind": system.recipe.task.kind}


def _runs(systems: Sequence[System], seeds: Sequence[int]) -> Iterator[Run]:
    for seed in seeds or (None,):
        for system in systems:
            training = system.recipe.training
            chosen = int(checked("seed", training.get("seed", DEFAULTS["seed"]))) if seed is None else seed
            recipe = system.recipe.model_copy(update={"training": {**training, "seed": chosen}})
            yield Run(system.name, chosen, recipe, system.base)
