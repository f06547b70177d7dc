"""DuIE 1 and 2, and CMeIE: one JSON object a line, triples of strings under "spo_list", no offsets.

`{"text": "...", "spo_list": [{"predicate": "作者", "subject": "...", "subject_type": "图书作品", "object": {"@value":
"..."}, "object_type": {"@value": "人物"}}]}`; DuIE 1 has the object and its type as strings.

An object of several slots (DuIE 2) is a triple for each: "@value" with the predicate itself, another with the predicate
"predicate.slot", all from the same subject. A slot that is blank is none. "Combined" of CMeIE is left aside.
"""

from collections.abc import Iterator
from typing import Any

from globalpointer.data.readers.annotate import label_fault
from globalpointer.data.readers.links import name_fault
from globalpointer.data.readers.locate import TypedTriple
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.records import Record
from globalpointer.data.readers.unlocated import unlocated
from globalpointer.errors import DataError
from globalpointer.text.spans import Document, Triple

VALUE = "@value"
"""The slot that is the object of the predicate itself."""


def read(path: str, report: Reporter, options: Options) -> Iterator[Document]:
    """The documents of a DuIE or CMeIE file, their mentions located as `options.mentions` says.

    Source: Li et al., 2019, DuIE; Guan et al., 2020, CMeIE.
    """
    return unlocated(path, "duie", _triples, report, options)


def _triples(claims: Any, report: Reporter, record: Record) -> Iterator[TypedTriple]:
    if not isinstance(claims, list):
        raise DataError(f'expected a list under "spo_list", found {claims!r:.60}', path=record.path, line=record.line)
    for index, claim in enumerate(claims):
        fault = _fault(claim)
        if fault:
            report.dropped(f"triple {index}: {fault}", record.line, path=record.path)
            continue
        types = _slots(claim["object_type"])
        for slot, value in _filled(_slots(claim["object"])).items():
            label = claim["predicate"] if slot == VALUE else f"{claim['predicate']}.{slot}"
            yield TypedTriple(Triple(claim["subject"], label, value), claim["subject_type"], types[slot])


def _slots(value: Any) -> dict[str, Any]:
    return {VALUE: value} if isinstance(value, str) else value


def _filled(slots: dict[str, Any]) -> dict[str, Any]:
    return {slot: value for slot, value in slots.items() if value != "" and not str(value).isspace()}


def _fault(claim: Any) -> str | None:
    """What is wrong with one entry of "spo_list", or None."""
    expected = ("predicate", "subject", "subject_type", "object", "object_type")
    if not isinstance(claim, dict):
        return f"expected an object with {', '.join(expected)}, found {claim!r:.60}"
    missing = [key for key in expected if key not in claim]
    if missing:
        return f"{', '.join(map(repr, missing))} missing"
    slots, types = _slots(claim["object"]), _slots(claim["object_type"])
    if not isinstance(slots, dict) or not isinstance(types, dict):
        return f"an object and its type are strings, or slots of strings, found {slots!r:.60} and {types!r:.60}"
    objects = _filled(slots)
    if not objects:
        return f"its object is blank: {slots!r:.60}"
    untyped = [slot for slot in objects if slot not in types]
    if untyped:
        return f"no type for the slot {untyped[0]!r} of its object"
    mentions = [
        name_fault(claim["subject"], "a subject"),
        *(name_fault(each, "an object") for each in objects.values()),
    ]
    labels = map(label_fault, (claim["predicate"], claim["subject_type"], *objects, *types.values()))
    return next(filter(None, (*mentions, *labels)), None)
