"""Entities, relations and events out of text, with models you train on your own data: the GlobalPointer family.

The names below are loaded when first used (PEP 562), so that `import globalpointer` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from globalpointer.errors import GlobalPointerError as GlobalPointerError
    from globalpointer.evaluation import evaluate as evaluate
    from globalpointer.evaluation import evaluate_answers as evaluate_answers
    from globalpointer.evaluation import evaluate_events as evaluate_events
    from globalpointer.evaluation import evaluate_relations as evaluate_relations
    from globalpointer.grid import Cell as Cell
    from globalpointer.grid import Grid as Grid
    from globalpointer.predictor import Predictor as Predictor
    from globalpointer.text.schema import Schema as Schema
    from globalpointer.text.spans import Answer as Answer
    from globalpointer.text.spans import Argument as Argument
    from globalpointer.text.spans import Document as Document
    from globalpointer.text.spans import Entity as Entity
    from globalpointer.text.spans import Event as Event
    from globalpointer.text.spans import Relation as Relation
    from globalpointer.text.spans import Span as Span
    from globalpointer.text.spans import Triple as Triple

_PUBLIC = {
    "Answer": "globalpointer.text.spans",
    "Argument": "globalpointer.text.spans",
    "Cell": "globalpointer.grid",
    "Document": "globalpointer.text.spans",
    "Entity": "globalpointer.text.spans",
    "Event": "globalpointer.text.spans",
    "GlobalPointerError": "globalpointer.errors",
    "Grid": "globalpointer.grid",
    "Predictor": "globalpointer.predictor",
    "Relation": "globalpointer.text.spans",
    "Schema": "globalpointer.text.schema",
    "Span": "globalpointer.text.spans",
    "Triple": "globalpointer.text.spans",
    "evaluate": "globalpointer.evaluation",
    "evaluate_answers": "globalpointer.evaluation",
    "evaluate_events": "globalpointer.evaluation",
    "evaluate_relations": "globalpointer.evaluation",
}

__all__ = [
    "Answer",
    "Argument",
    "Cell",
    "Document",
    "Entity",
    "Event",
    "GlobalPointerError",
    "Grid",
    "Predictor",
    "Relation",
    "Schema",
    "Span",
    "Triple",
    "__version__",
    "evaluate",
    "evaluate_answers",
    "evaluate_events",
    "evaluate_relations",
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
