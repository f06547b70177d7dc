"""The model card: README.md of a model folder, with the scores and the first lines of use."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from globalpointer.build import ONE_TAG
from globalpointer.config import Recipe
from globalpointer.predictor import Predictor


class _Kind(NamedTuple):
    """What a card says of a kind of task: tags, what its F1 is, the call and what is done with its answer.

    `whole`: what a document counts as in which everything is right.
    """

    tag: str
    pipeline: str
    measure: str
    call: str
    lines: str
    whole: str = "complete documents"


_MICRO = "F1 is micro F1 over {}, against the raw annotation."

_OVERLAPS = {
    "nested": "; what it finds may nest, and never crosses",
    "flat": "; what it finds never overlaps, and the best score wins",
    "longest": "; what it finds never overlaps, and the longest wins",
}

_LONGER = {
    "window": "longer texts in windows",
    "warn": "of longer texts the beginning",
    "error": "refuses longer texts",
}

_KINDS = {
    "ner": _Kind(
        "named-entity-recognition",
        "token-classification",
        _MICRO.format("exact spans and labels"),
        'predict("...")',
        """for entity in document.entities:
    print(entity.label, entity.text, entity.start, entity.end, entity.score)""",
    ),
    "relation": _Kind(
        "relation-extraction",
        "token-classification",
        _MICRO.format("relations, as the report says under `match`"),
        'predict("...")',
        """for relation in document.relations:
    print(relation.subject.text, relation.label, relation.object.text, relation.score)""",
    ),
    "event": _Kind(
        "event-extraction",
        "token-classification",
        _MICRO.format("arguments: event label, role and span"),
        'predict("...")',
        """for event in document.events:
    print(event.label, [(argument.role, argument.text) for argument in event.ordered()], event.score)""",
    ),
    "mrc": _Kind(
        "question-answering",
        "question-answering",
        "F1 is the mean over questions of what the answer shares with the accepted ones, as the report says under "
        "`official`.",
        'predict("...", question="...")',
        """for answer in document.answers:  # the best first; none where the text does not say
    print(answer.text, answer.start, answer.end, answer.score)""",
        "exact match",
    ),
}


def write_card(predictor: Predictor, report: Mapping[str, Any], path: Path) -> None:
    """Write the card; `report` is that of report.json: "dev", "test" and "teacher" where there are any."""
    recipe = predictor.recipe
    parts = {name: report[name] for name in ("dev", "test") if name in report}
    body = _body(predictor, parts, report.get("teacher", {}))
    path.write_text(_front_matter(recipe, parts) + body, encoding="utf-8")


def _front_matter(recipe: Recipe, parts: Mapping[str, Mapping[str, Any]]) -> str:
    kind = _KINDS[recipe.task.kind]
    measures = {"f1": "f1", "precision": "precision", "recall": "recall"}
    if recipe.task.kind == "mrc":
        measures["exact_match"] = "exact"
    metrics = [
        {"type": metric, "value": round(scores[key], 6), "name": f"{name} {metric}"}
        for name, scores in parts.items()
        for metric, key in measures.items()
    ]
    dataset = {"name": recipe.data.format, "type": recipe.data.format}
    result = {"task": {"type": kind.pipeline}, "dataset": dataset, "metrics": metrics}
    index = [{"name": "globalpointer", "results": [result]}]
    # JSON is YAML, so nothing needs to be escaped by hand.
    lines = {
        "library_name": "globalpointer",
        "pipeline_tag": kind.pipeline,
        "tags": ["globalpointer", kind.tag, recipe.model.head],
        "metrics": list(measures),
        "model-index": index,
    }
    body = "\n".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in lines.items())
    return f"---\n{body}\n---\n\n"


def _row(name: str, scores: Mapping[str, Any]) -> str:
    columns = ("f1", "precision", "recall", "document_accuracy")
    return f"| {name} | " + " | ".join(f"{scores[each]:.4f}" for each in columns) + " |"


def _distilled(recipe: Recipe, parts: Mapping[str, Mapping[str, Any]], teacher: Mapping[str, Any]) -> str:
    """Who taught it, and what it kept; nothing where nobody did."""
    if recipe.distillation is None:
        return ""
    kept = [
        f"{100 * parts[name]['f1'] / scores['f1']:.1f} % on {name}" for name, scores in teacher.items() if scores["f1"]
    ]
    keeps = f"keeps of its F1 {', '.join(kept)}" if kept else "that has F1 0"
    return f"\nIt was distilled from `{recipe.distillation.teacher}` and {keeps}.\n"


def _answering(predictor: Predictor) -> str:
    """When it answers, whether what it finds overlaps, and how much it reads at once."""
    window, longer = predictor.tokenizer.window, _LONGER[predictor.tokenizer.truncation]
    return f"It answers {_when(predictor)}. It reads {window} tokens at once, and {longer}."


def _when(predictor: Predictor) -> str:
    threshold = predictor.threshold
    if predictor.model.task.asks:
        sure = f"where the best answer is, against none, at least {100 * threshold:.0f} % probable"
        return sure if threshold else "every question"
    tagger = predictor.recipe.model.head in ONE_TAG
    return f"from a score of {threshold:.2f} on{_OVERLAPS.get('flat' if tagger else predictor.overlap_policy, '')}"


def _body(
    predictor: Predictor, parts: Mapping[str, Mapping[str, Any]], teacher: Mapping[str, Mapping[str, Any]]
) -> str:
    recipe, schema = predictor.recipe, predictor.schema
    kind = _KINDS[recipe.task.kind]
    taught = {f"its teacher on {name}": scores for name, scores in teacher.items()}
    rows = "\n".join(_row(name, scores) for name, scores in {**parts, **taught}.items())
    named = {"entities": schema.entities, "relations": schema.relations, "events": schema.events}
    labels = "\n".join(
        f"- {len(each)} {what}: {', '.join(f'`{label}`' for label in each)}" for what, each in named.items() if each
    )
    known = f"It knows\n\n{labels}" if labels else "It answers questions with a part of the text."
    return f"""# An extractor made with globalpointer

Encoder `{recipe.model.encoder}`, head `{recipe.model.head}`, task `{recipe.task.kind}`. {known}

| part | F1 | precision | recall | {kind.whole} |
|---|--:|--:|--:|--:|
{rows}

{kind.measure} The best epoch was chosen by F1 on the dev part, so only a test part
gives an unbiased number. `report.json` has the scores by label and slice, `recipe.toml` the recipe.

{_answering(predictor)}
{_distilled(recipe, parts, teacher)}
```python
from globalpointer import Predictor

predictor = Predictor.from_pretrained("path/to/this/folder")
document = predictor.{kind.call}
{kind.lines}
```
"""
