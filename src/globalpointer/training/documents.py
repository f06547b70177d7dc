"""The documents of a recipe: read, parted and cleaned as `[data]` says, with everything that was left out counted."""

import os
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from globalpointer.config import DataConfig, Holdout
from globalpointer.data.leaks import without
from globalpointer.data.readers import Notes, read
from globalpointer.data.readers.annotate import counted
from globalpointer.errors import ConfigError, DataError
from globalpointer.evaluation.pairs import ANNOTATION
from globalpointer.text.spans import Document


@dataclass(frozen=True, slots=True)
class Corpus:
    """Training, development and test documents, and notes on what was done to them."""

    train: list[Document]
    dev: list[Document]
    test: list[Document] | None
    notes: list[str] = field(default_factory=list)


SOUGHT = {"ner": "entities", "relation": "relations", "event": "events", "mrc": "answers"}
"""Of each kind of task, the annotation of a document that it learns from."""


def load_corpus(data: DataConfig, *, kind: str = "ner", base: Path | None = None) -> Corpus:
    """Read the files of `[data]` for a kind of task; `base` is the folder of the recipe. DataError and ConfigError.

    In this order: `without` leaves out training texts that stand in other files, `holdout` parts off a test part where
    it says so and a development part where there is no `dev`, `subset` takes a part of what is left to train on.
    """
    notes: list[str] = []
    train = _read_all(data.train, data, base, notes)
    if data.without:
        others = _read_all(data.without, data, base, [])
        train, removed = without(train, others)
        notes.append(f"{len(removed)} training texts left out: they equal, or are a part of, texts of `without`")
    _check_parts(data)
    test = None if data.test is None else _read_all(data.test, data, base, notes)
    if data.holdout is not None and data.holdout.test is not None:
        train, test = _part(train, data.holdout, data.holdout.test, kind)
        notes.append(f"{len(test)} documents held out for the test (seed {data.holdout.seed})")
    if data.dev is not None:
        dev = _read_all(data.dev, data, base, notes)
    elif data.holdout is not None:
        train, dev = _part(train, data.holdout, data.holdout.fraction, kind)
        notes.append(f"{len(dev)} training documents held out for development (seed {data.holdout.seed})")
    else:
        raise ConfigError("[data] needs dev files, or holdout = {fraction = 0.1, seed = 42} to part them off train")
    if data.subset is not None and data.subset.size < len(train):
        notes.append(f"trained on {data.subset.size} of {len(train)} documents (seed {data.subset.seed})")
        train = _sample(train, data.subset.size, data.subset.seed)
    train, unanswerable = _learnable(train)
    if unanswerable:
        notes.append(f"training questions left out, as no answer to them stands in the text: {unanswerable}")
    if not train:
        raise DataError(f"no document is left to train on: {'; '.join(notes) or 'the files have none'}")
    _check_annotation(train, dev, test or [], kind)
    notes += _known(train, {"dev": dev, "test": test or []}, kind)
    if test is not None and not _has_any(test, ANNOTATION[kind]):
        notes.append(f"the test part has no {SOUGHT[kind]} to find: its F1 says nothing")
    return Corpus(train, dev, test, notes)


def _learnable(documents: list[Document]) -> tuple[list[Document], int]:
    """The documents but for questions whose answers stand nowhere in the text: to train on them is to teach silence."""
    kept = [document for document in documents if document.answers or not document.accepted]
    return kept, len(documents) - len(kept)


def _check_parts(data: DataConfig) -> None:
    if data.dev is not None and data.holdout is not None:
        raise ConfigError("[data] has both dev and holdout; a development part is either given or parted off")
    if data.test is not None and data.holdout is not None and data.holdout.test is not None:
        raise ConfigError("[data] has both test and holdout.test; a test part is either given or parted off")


def _check_annotation(train: Sequence[Document], dev: Sequence[Document], test: Sequence[Document], kind: str) -> None:
    """Before hours of training, not after them: nobody can learn from, or score, what is not annotated."""
    parts = (("train", train, (SOUGHT[kind],)), ("dev", dev, ANNOTATION[kind]), ("test", test, ANNOTATION[kind]))
    for name, part, fields in parts[:2]:
        _check_found(name, part, fields)
    for name, part, fields in parts:
        bare = [document for document in part if not _annotated(document, fields)]
        if bare:
            raise DataError(
                f"{len(bare)} of {len(part)} documents of the {name} part are not annotated with {fields[0]}, the "
                f"first is {bare[0].id}; an annotated document without any has an empty list"
            )


def _check_found(name: str, part: Sequence[Document], fields: Sequence[str]) -> None:
    """Where there is nothing to find, nothing can be learned, and no epoch is better than another."""
    if not part:
        raise DataError(f"the {name} part has no documents")
    if _has_any(part, fields):
        return
    annotated = sum(_annotated(document, fields) for document in part)
    raise DataError(
        f"the {name} part has no {fields[0]} to find: {counted(len(part), 'document')}, of which "
        + (
            f"{annotated} {'is' if annotated == 1 else 'are'} annotated, with none"
            if annotated
            else "none is annotated"
        )
    )


def _known(train: Sequence[Document], parts: Mapping[str, Sequence[Document]], kind: str) -> list[str]:
    """Told where a part asks for what was learned."""

    def read(document: Document) -> tuple[str, str | None]:
        return document.text, document.question if kind == "mrc" else None

    learned = {read(document) for document in train if document.text.strip()}
    counts = {name: sum(read(document) in learned for document in part) for name, part in parts.items()}
    return [
        f"of {counted(len(parts[name]), f'{name} document')} {count} {'stands' if count == 1 else 'stand'} "
        "in the training part as well: `check` names them"
        for name, count in counts.items()
        if count
    ]


def _has_any(part: Sequence[Document], fields: Sequence[str]) -> bool:
    return any(getattr(document, each) for document in part for each in fields)


def _annotated(document: Document, fields: Sequence[str]) -> bool:
    return any(getattr(document, each) is not None for each in fields)


def resolve_path(path: str, base: Path | None = None) -> str:
    """Where a path of a recipe leads: as it stands, beside the recipe, or under GLOBALPOINTER_DATA for `data/...`.

    What follows `::` names a member of an archive and is kept.
    """
    file, marker, member = path.partition("::")
    candidates = [Path(file)] + ([base / file] if base is not None else [])
    root = os.environ.get("GLOBALPOINTER_DATA")
    if root and file.startswith("data/"):
        candidates.append(Path(root) / file.removeprefix("data/"))
    for candidate in candidates:
        if candidate.exists():
            return f"{candidate}{marker}{member}"
    return path


def _read_all(paths: Iterable[str], data: DataConfig, base: Path | None, notes: list[str]) -> list[Document]:
    documents: list[Document] = []
    for path in paths:
        remarks = Notes()
        place = resolve_path(path, base)
        _check_found_under_data(place)
        documents += read(place, data.format, notes=remarks, **data.reading())
        # The examples, which are indented, name the file and the line themselves.
        notes.extend(line if line.startswith(" ") else f"{path}: {line}" for line in remarks.summary())
    return documents


def _check_found_under_data(path: str) -> None:
    """A corpus of a recipe that is not here: DataError tells where it was looked for."""
    if path.startswith("data/") and not Path(path.partition("::")[0]).exists():
        root = os.environ.get("GLOBALPOINTER_DATA")
        named = f"names ({root})" if root else "would name (it is not set)"
        said = f"no such file here, beside the recipe, or in the folder that GLOBALPOINTER_DATA {named}"
        raise DataError(said, path=path)


def _part(
    documents: Sequence[Document], holdout: Holdout, fraction: float, kind: str
) -> tuple[list[Document], list[Document]]:
    """A seeded split; the order of each part is that of the file. `fraction`: of what must not be parted."""
    by = holdout.by or ("text" if kind == "mrc" else None)
    groups = [_group(document, index, by) for index, document in enumerate(documents)]
    distinct = list(dict.fromkeys(groups))
    chosen = set(random.Random(holdout.seed).sample(distinct, max(1, round(fraction * len(distinct)))))
    kept = [document for document, group in zip(documents, groups, strict=True) if group not in chosen]
    return kept, [document for document, group in zip(documents, groups, strict=True) if group in chosen]


def _group(document: Document, index: int, by: str | None) -> Any:
    """What a document shares with those that it must not be parted from; by itself its index."""
    if by is None:
        return index
    if by == "text":
        return document.text
    if by not in document.meta:
        known = ", ".join(map(repr, sorted(document.meta))) or "nothing"
        raise ConfigError(f'data.holdout.by is {by!r}: expected "text" or a key of meta; {document.id} has {known}')
    return str(document.meta[by])


def _sample(documents: Sequence[Document], size: int, seed: int) -> list[Document]:
    return [documents[index] for index in sorted(random.Random(seed).sample(range(len(documents)), size))]
