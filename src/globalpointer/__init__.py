"""Entities out of text, with models you train on your own data: the GlobalPointer family.

The names below are loaded when first used (PEP 562), so that `import globalpointer` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from globalpointer.errors import GlobalPointerError as GlobalPointerError
    from globalpointer.evaluation import evaluate as evaluate
    from globalpointer.grid import Cell as Cell
    from globalpointer.grid import Grid as Grid
    from globalpointer.predictor import Predictor as Predictor
    from globalpointer.text.schema import Schema as Schema
    from globalpointer.text.spans import Document as Document
    from globalpointer.text.spans import Entity as Entity
    from globalpointer.text.spans import Span as Span

_PUBLIC = {
    "Cell": "globalpointer.grid",
    "Document": "globalpointer.text.spans",
    "Entity": "globalpointer.text.spans",
    "GlobalPointerError": "globalpointer.errors",
    "Grid": "globalpointer.grid",
    "Predictor": "globalpointer.predictor",
    "Schema": "globalpointer.text.schema",
    "Span": "globalpointer.text.spans",
    "evaluate": "globalpointer.evaluation",
}

__all__ = [
    "Cell",
    "Document",
    "Entity",
    "GlobalPointerError",
    "Grid",
    "Predictor",
    "Schema",
    "Span",
    "__version__",
    "evaluate",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("globalpointer")
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'globalpointer' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
