"""A recipe from its TOML file: overrides laid over it, a line for each mistake, and the nearest known key named."""

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from globalpointer.config.shape import Recipe
from globalpointer.errors import ConfigError


def load_recipe(path: str | Path | None, overrides: Sequence[str] = (), **tables: Mapping[str, Any]) -> Recipe:
    """The recipe in a TOML file, with `section.key=value` overrides and whole tables laid over it.

    A value of an override is read as TOML, and as a plain string where it is not. Raises ConfigError.
    """
    plain = {} if path is None else _parse(Path(path))
    for section, table in tables.items():
        for key, value in table.items():
            _put(plain, [section, key], value)
    for override in overrides:
        dotted, equals, value = override.partition("=")
        if not equals or "." not in dotted:
            raise ConfigError(f"--set expects section.key=value, such as training.learning_rate=3e-5, got {override!r}")
        _put(plain, dotted.strip().split("."), _value(value.strip()))
    try:
        recipe = Recipe.model_validate(plain)
    except ValidationError as error:
        raise ConfigError(_explain(error, path)) from None
    try:
        recipe.to_toml().encode("utf-8")
    except UnicodeEncodeError as error:
        # Such as a file name from before UTF-8: the recipe could not be kept beside the model.
        wrong = error.object[max(0, error.start - 40) : error.end].rpartition("\n")[2]
        raise ConfigError(f"a recipe is UTF-8, and this is not: {wrong!r}; rename the file") from None
    return recipe


def nearest(word: str, known: Sequence[str]) -> str:
    """A hint for an unknown word: the nearest known one, or all of them."""
    near = difflib.get_close_matches(word, known, n=1)
    return f"nearest: {near[0]!r}" if near else f"known: {', '.join(sorted(known))}"


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{path}: the recipe cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: a recipe is UTF-8, and this is not ({error}): save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not a TOML file: {error}") from None


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _put(plain: dict[str, Any], keys: Sequence[str], value: Any) -> None:
    table = plain
    for key in keys[:-1]:
        table = table.setdefault(key, {})
        if not isinstance(table, dict):
            raise ConfigError(f"{'.'.join(keys)}: {key!r} is a value, not a table")
    table[keys[-1]] = value


def _explain(error: ValidationError, path: str | Path | None) -> str:
    """Each mistake on a line of its own, with the nearest known key where one is unknown."""
    place = "recipe" if path is None else str(path)
    return "\n".join(f"{place}: {_mistake(each)}" for each in error.errors())


def _mistake(each: Any) -> str:
    keys = [str(key) for key in each["loc"]]
    dotted = ".".join(keys)
    if each["type"] == "extra_forbidden":
        return f"unknown key {dotted!r} ({nearest(keys[-1], _known(keys[:-1]))})"
    if each["type"] == "missing":
        return f"{dotted!r} is missing"
    return f"{dotted!r}: {each['msg']}, found {each['input']!r}"


def _known(keys: Sequence[str]) -> list[str]:
    """The keys that the table at this path may have."""
    section: type[BaseModel] = Recipe
    for key in keys:
        kinds = [section.model_fields[key].annotation] if key in section.model_fields else []
        nested = [each for kind in kinds for each in (kind, *getattr(kind, "__args__", ())) if _is_section(each)]
        if not nested:
            return []
        section = nested[0]
    return list(section.model_fields)


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
