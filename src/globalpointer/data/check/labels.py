"""The labels of several files, of entities, relations, events and roles: rare, missing, or nearly the same word."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from globalpointer.data.check.facts import Facts
from globalpointer.data.check.report import Tally
from globalpointer.text.schema import role_name

RARE = 50
"""Labels with fewer examples are hard to learn and their score is a matter of chance."""

Counted = Callable[[Facts], Mapping[str, int]]
"""How often each label of a kind stands in a file."""


def labels(files: Sequence[Facts], tally: Tally) -> None:
    """Labels that are rare in the first file, in some files only, or nearly the same word."""
    annotated = [each for each in files if each.annotated]
    if not annotated:
        tally.add("info", "no-annotation", "no document is annotated: only the texts were looked at")
        return
    for each in annotated:
        if not each.entities and each.events is None and each.answers is None:
            tally.add("warning", "no-entity", "files without any entity", each.path)
    _kind("label", annotated, lambda each: each.labels, tally)
    with_relations = [each for each in annotated if each.relations is not None]
    _kind("relation", with_relations, lambda each: each.relations.labels if each.relations else {}, tally)
    with_events = [each for each in annotated if each.events is not None]
    _kind("event", with_events, lambda each: each.events.labels if each.events else {}, tally)
    _kind("role", with_events, _roles, tally)


def _kind(kind: str, files: Sequence[Facts], counted: Counted, tally: Tally) -> None:
    said = "labels" if kind == "label" else "roles" if kind == "role" else f"{kind} labels"
    counts = [counted(each) for each in files]
    for label, count in counts[0].items() if files else ():
        if count < RARE:
            message = f"{said} with fewer than {RARE} examples in {files[0].path}"
            tally.add("warning", f"rare-{kind}", message, f"{label} ({count})")
    every = sorted({label for each in counts for label in each})
    for label in every if len(files) > 1 else ():
        absent = [each.path for each, known in zip(files, counts, strict=True) if label not in known]
        if absent:
            message = f"{said} that are not in {', '.join(absent)}"
            tally.add("warning", f"{kind}-not-everywhere", message, label)
    _alike(kind, said, every, tally)


def _roles(each: Facts) -> dict[str, int]:
    roles = each.events.roles if each.events else {}
    return {role_name(label, role): count for label, counts in roles.items() for role, count in counts.items()}


def _alike(kind: str, said: str, every: Sequence[str], tally: Tally) -> None:
    of_plain: dict[str, list[str]] = defaultdict(list)
    for label in every:
        of_plain["".join(filter(str.isalnum, unicodedata.normalize("NFKC", label).casefold()))].append(label)
    for same in of_plain.values():
        if len(same) > 1:
            tally.add("warning", f"{kind}s-alike", f"{said} that differ in letter case or signs only", " / ".join(same))
