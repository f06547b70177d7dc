"""What the records of each JSON format are made of, so that a file of another format is told by its keys.

Most formats allow any further key, and a record without annotation: read as the wrong one, a whole file would have
nothing to find, and nobody would be told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from globalpointer.errors import DataError

SHOWN = 10
"""So many keys of a record are named: it may be a whole corpus by the names of its documents."""


@dataclass(frozen=True, slots=True)
class Form:
    """The keys of one format: that of the text or its tokens, those of the annotation, and that of the name.

    `holds`: what stands under the keys of the annotation. `around`: the keys of the objects that hold the records,
    the outermost first, where a file may be one object.
    """

    text: str
    annotation: tuple[str, ...]
    id: str = "id"
    holds: type | tuple[type, ...] = list
    around: tuple[str, str] | None = None

    def fits(self, fields: Mapping[str, Any]) -> bool:
        """Whether a record has a text and annotation of this form, or holds such records."""
        alone = self.text in fields and any(isinstance(fields.get(key), self.holds) for key in self.annotation)
        return alone or self._holds_records(fields)

    def _holds_records(self, fields: Mapping[str, Any]) -> bool:
        outer, inner = self.around or ("", "")
        held = fields.get(outer)
        return isinstance(held, list) and any(isinstance(each, Mapping) and inner in each for each in held)

    def __str__(self) -> str:
        *others, last = (f'"{key}"' for key in self.annotation)
        return f'"{self.text}" and {", ".join(others)}{" or " * bool(others)}{last}'


FORMS: Mapping[str, Form] = {
    "jsonl": Form("text", ("entities", "relations", "triples", "events", "answers", "accepted")),
    "cluener": Form("text", ("label",), holds=dict),
    "runne": Form("sentences", ("ners",)),
    "duie": Form("text", ("spo_list",)),
    "triples": Form("text", ("triple_list",)),
    "conll04": Form("tokens", ("tags",), id="orig_id"),
    "spert": Form("tokens", ("entities",), id="orig_id"),
    "dygie": Form("sentences", ("ner",), id="doc_key"),
    "duee": Form("text", ("event_list",)),
    "fewfc": Form("content", ("events",)),
    "casie": Form("content", ("cyberevent",), holds=dict),
    "squad": Form("context", ("answers",), holds=(list, dict), around=("data", "paragraphs")),
}


def check_form(name: str, fields: Mapping[str, Any], labelled: bool | None, path: str, line: int | None) -> None:
    """DataError where a record has no text under the key of its format, or no annotation but that of another format.

    `labelled` False: annotation is left aside, so that of another format does not matter.
    """
    form = FORMS[name]
    others = [other for other, each in FORMS.items() if each.fits(fields)]
    if form.text in fields and (labelled is False or not others or any(key in fields for key in form.annotation)):
        return
    found = ", ".join(map(repr, islice(fields, SHOWN))) + " ..." * (len(fields) > SHOWN)
    hint = f"; these are keys of the format {' or '.join(map(repr, others))}" if others else ""
    expected = f'the key "{form.text}"' if labelled is False else f"the keys {form}"
    raise DataError(
        f"expected {expected} ({name}), found {f'the keys {found}' if fields else 'no key'}{hint}", path=path, line=line
    )
