"""Records of tokens with entities and relations over them: the road that the formats of tokens share."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from globalpointer.data.readers.annotate import checked_name, unique
from globalpointer.data.readers.forms import FORMS, check_form
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.records import Record, records
from globalpointer.data.readers.words import Words, join, joiner_of
from globalpointer.errors import DataError
from globalpointer.text.spans import Document, Entity, Relation

Found = tuple[Iterable[Entity | None], tuple[Relation, ...] | None]
"""The entities of a text, None for one that could not be kept, and its relations, None where not annotated."""

Parse = Callable[[Words, Any, Any, Reporter, Record], Found]
"""A text, and what stands under the keys of its entities and its relations; what is none of them is told."""

Tokens = Callable[[Any, Record], Any]
"""What stands under the key of the text as a list of tokens."""


def tokenised(
    path: str,
    name: str,
    parse: Parse,
    report: Reporter,
    options: Options,
    *,
    tokens: Tokens = lambda given, _record: given,
) -> Iterator[Document]:
    """The documents of a file in a format of `FORMS`.

    A record without entities is not annotated; other keys go to `meta`.
    """
    form, joiner = FORMS[name], joiner_of(options, path, name)
    (key,) = form.annotation
    for record in records(path):
        fields = record.fields
        check_form(name, fields, options.labelled, record.path, record.line)
        words = join(tokens(fields.pop(form.text), record), joiner, record)
        given, links = fields.pop(key, None), fields.pop("relations", None)
        named = checked_name(fields.pop(form.id, None), form.id, record.path, record.line, otherwise=record.id)
        if given is None or options.labelled is False:
            _refuse_loose(links, key, options, record)
            yield Document(words.text, None, named, fields)
            continue
        entities, relations = parse(words, given, links, report, record)
        kept = unique(filter(None, entities), report, record.line, path=record.path)
        yield Document(words.text, kept, named, fields, relations)


def _refuse_loose(links: Any, key: str, options: Options, record: Record) -> None:
    """Relations join entities: without any, they would be lost in silence."""
    if links is not None and options.labelled is not False:
        said = f'expected "{key}" beside "relations", which join entities; found "relations" alone'
        raise DataError(said, path=record.path, line=record.line)
