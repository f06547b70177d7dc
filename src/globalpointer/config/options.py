"""The keyword arguments that a recipe gives to a class of the tensor side: known by name, and of the right kind."""

import math
from collections.abc import Callable, Collection, Mapping
from inspect import Parameter
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

from globalpointer.config.load import nearest
from globalpointer.errors import ConfigError

_KINDS: Mapping[Any, tuple[str, Callable[[Any], bool]]] = {
    bool: ("true or false", lambda value: isinstance(value, bool)),
    int: ("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    float: ("a number", lambda value: isinstance(value, int | float) and not isinstance(value, bool)),
    str: ("a string", lambda value: isinstance(value, str)),
    Mapping: ("a table", lambda value: isinstance(value, Mapping)),
    NoneType: ("none", lambda value: value is None),
}
"""What a kind of option is called, and what is of it."""


def check_options(options: Mapping[str, Any], known: Collection[str], what: str) -> None:
    """Raise ConfigError for the first option that is none, with the nearest that is one."""
    for name in options:
        if name not in known:
            others = nearest(name, list(known)) if known else "it has none"
            raise ConfigError(f"{what} has no option {name!r} ({others})")


def check_kinds(options: Mapping[str, Any], parameters: Mapping[str, Parameter], what: str) -> None:
    """Raise ConfigError for an option that is not what the annotation of its parameter says, or not finite.

    Annotations that TOML has no one word for, such as those of sequences, are left to the class.
    """
    for name, value in options.items():
        declared = parameters[name].annotation
        kinds = [
            get_origin(each) or each for each in (get_args(declared) if isinstance(declared, UnionType) else [declared])
        ]
        if all(each in _KINDS for each in kinds) and not any(_KINDS[each][1](value) for each in kinds):
            expected = " or ".join(_KINDS[each][0] for each in kinds if each is not NoneType)
            raise ConfigError(f"{what}: the option {name!r} must be {expected}, not {value!r}")
        if not _is_finite(value):
            raise ConfigError(f"{what}: the option {name!r} must have finite numbers, not {value!r}")


def _is_finite(value: Any) -> bool:
    """Whether a value of TOML holds neither nan nor an infinity."""
    if isinstance(value, Mapping):
        return all(map(_is_finite, value.values()))
    if isinstance(value, list):
        return all(map(_is_finite, value))
    return not isinstance(value, float) or math.isfinite(value)
