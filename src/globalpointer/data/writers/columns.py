"""Column files: a token and its tag on a line, a blank line after each sentence."""

from collections.abc import Callable, Iterator
from functools import partial

from globalpointer.data.readers.tags import SCHEMES, encode
from globalpointer.errors import ConfigError, DataError
from globalpointer.text.spans import Document


def writer(scheme: str) -> Callable[..., Iterator[str]]:
    """The writer of column files in one scheme."""
    return partial(columns, scheme)


def columns(scheme: str, document: Document, *, joiner: str | None) -> Iterator[str]:
    """The lines of one sentence; its tokens are what the joiner joined: characters ("") or words (" ").

    DataError where the format cannot say it: overlapping entities, one that ends within a token, no annotation, no
    text, a token with a line break or that is empty. Id and meta have no place in it.
    """
    if joiner is None:
        raise ConfigError(f'{scheme} needs a joiner: "" writes each character as a token, " " each word')
    where = f"document {document.id}: "
    if document.entities is None:
        raise DataError(where + f"it is not annotated, and {scheme} is nothing but annotation: use jsonl")
    tokens = list(document.text) if joiner == "" else document.text.split(" ")
    for token in tokens:
        if not token or "\t" in token or "\n" in token:
            raise DataError(where + f"{token!r} cannot be a token of {scheme}: use jsonl")
    if not tokens or tokens[0] == "-DOCSTART-":
        raise DataError(where + f"a text in {scheme} cannot be empty or begin with -DOCSTART-: use jsonl")
    tags = encode(_positions(document, tokens, joiner, where, scheme), len(tokens), SCHEMES[scheme])
    for token, tag in zip(tokens, tags, strict=True):
        # A tab parts the columns where a blank is part of the token.
        yield f"{token}\t{tag}" if " " in token + tag or "\t" in tag else f"{token} {tag}"
    yield ""


def _positions(
    document: Document, tokens: list[str], joiner: str, where: str, scheme: str
) -> list[tuple[str, int, int]]:
    first_of: dict[int, int] = {}
    last_of: dict[int, int] = {}
    position = 0
    for index, token in enumerate(tokens):
        first_of[position] = index
        last_of[position + len(token)] = index
        position += len(token) + len(joiner)
    found = []
    taken = 0
    for entity in sorted(document.entities or (), key=lambda entity: entity.span):
        if entity.start not in first_of or entity.end not in last_of:
            raise DataError(
                where + f"{entity.label} {entity.text!r} ends within a token; tokens are parted by {joiner!r}"
            )
        if entity.start < taken:
            raise DataError(
                where + f"{entity.label} {entity.text!r} overlaps another entity: {scheme} is flat, use jsonl"
            )
        if set("\t\n\r") & set(entity.label):
            raise DataError(where + f"a label of {scheme} has no tab and no line break, found {entity.label!r}")
        taken = entity.end
        found.append((entity.label, first_of[entity.start], last_of[entity.end]))
    return found
