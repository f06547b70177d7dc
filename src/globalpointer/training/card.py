"""The model card: README.md of a model folder, with the scores and the first lines of use."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from globalpointer.config import Recipe
from globalpointer.evaluation.counts import ratio
from globalpointer.text.schema import Schema

_TAGS = {"ner": "named-entity-recognition", "relation": "relation-extraction", "event": "event-extraction"}

_EXACT = {
    "ner": "exact spans and labels",
    "relation": "relations, as the report says under `match`",
    "event": "arguments: event label, role and span",
}
"""What the F1 of a card counts."""

_FIRST_LINES = {
    "ner": """for entity in document.entities:
    print(entity.label, entity.text, entity.start, entity.end, entity.score)""",
    "relation": """for relation in document.relations:
    print(relation.subject.text, relation.label, relation.object.text, relation.score)""",
    "event": """for event in document.events:
    print(event.label, [(argument.role, argument.text) for argument in event.ordered()], event.score)""",
}


def write_card(recipe: Recipe, schema: Schema, report: Mapping[str, Any], path: Path) -> None:
    """Write the card; `report` is that of report.json: "dev", "test" and "teacher" where there are any."""
    parts = {name: report[name] for name in ("dev", "test") if name in report}
    body = _body(recipe, schema, parts, report.get("teacher", {}))
    path.write_text(_front_matter(recipe, parts) + body, encoding="utf-8")


def _front_matter(recipe: Recipe, parts: Mapping[str, Mapping[str, Any]]) -> str:
    metrics = [
        {"type": kind, "value": round(scores[kind], 6), "name": f"{name} {kind}"}
        for name, scores in parts.items()
        for kind in ("f1", "precision", "recall")
    ]
    dataset = {"name": recipe.data.format, "type": recipe.data.format}
    result = {"task": {"type": "token-classification"}, "dataset": dataset, "metrics": metrics}
    index = [{"name": "globalpointer", "results": [result]}]
    # JSON is YAML, so nothing needs to be escaped by hand.
    lines = {
        "library_name": "globalpointer",
        "pipeline_tag": "token-classification",
        "tags": ["globalpointer", _TAGS[recipe.task.kind], recipe.model.head],
        "metrics": ["f1", "precision", "recall"],
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
    kept = (f"{100 * ratio(parts[name]['f1'], teacher[name]['f1']):.1f} % on {name}" for name in teacher)
    return f"\nIt was distilled from `{recipe.distillation.teacher}` and keeps of its F1 {', '.join(kept)}.\n"


def _body(
    recipe: Recipe, schema: Schema, parts: Mapping[str, Mapping[str, Any]], teacher: Mapping[str, Mapping[str, Any]]
) -> str:
    kind = recipe.task.kind
    taught = {f"its teacher on {name}": scores for name, scores in teacher.items()}
    rows = "\n".join(_row(name, scores) for name, scores in {**parts, **taught}.items())
    named = {"entities": schema.entities, "relations": schema.relations, "events": schema.events}
    labels = "\n".join(
        f"- {len(each)} {what}: {', '.join(f'`{label}`' for label in each)}" for what, each in named.items() if each
    )
    return f"""# An extractor made with globalpointer

Encoder `{recipe.model.encoder}`, head `{recipe.model.head}`, task `{kind}`. It knows

{labels}

| part | F1 | precision | recall | complete documents |
|---|--:|--:|--:|--:|
{rows}

F1 is micro F1 over {_EXACT[kind]}, against the raw annotation. The best epoch was chosen by F1 on the dev part,
so only a test part gives an unbiased number. `report.json` has the scores by label and slice, `recipe.toml` the recipe.
{_distilled(recipe, parts, teacher)}
```python
from globalpointer import Predictor

predictor = Predictor.from_pretrained("path/to/this/folder")
document = predictor.predict("...")
{_FIRST_LINES[kind]}
```
"""
