"""Which labels may be found, in the order in which the model puts them out."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from globalpointer.errors import SchemaError
from globalpointer.text.spans import Document


@dataclass(frozen=True, slots=True)
class Schema:
    """The labels of a task. The order is that of the model's types and never changes once a model is trained."""

    entities: tuple[str, ...] = ()

    @classmethod
    def of(cls, documents: Iterable[Document]) -> "Schema":
        """The schema that the annotation of `documents` uses, labels sorted."""
        return cls(tuple(sorted({entity.label for document in documents for entity in document.entities or ()})))

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Schema":
        """The inverse of `to_dict`."""
        return cls(tuple(plain.get("entities", ())))

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"entities": list(self.entities)}

    def type_of(self, label: str) -> int:
        """The index of an entity label; SchemaError names the nearest known one."""
        try:
            return self.entities.index(label)
        except ValueError:
            near = difflib.get_close_matches(label, self.entities, n=1)
            hint = f" (nearest: {near[0]!r})" if near else f" (known: {', '.join(self.entities) or 'none'})"
            raise SchemaError(f"label {label!r} is not in the schema{hint}") from None
