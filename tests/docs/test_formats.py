"""Every example of a format in docs/data.md is read in that format."""

import re
from pathlib import Path

import pytest

from globalpointer.data.readers import READERS, TOKEN_FORMATS, Notes, read

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL))
RELATIONS = {"brat", "duie", "triples", "conll04", "spert", "dygie"}
EVENTS = {"jsonl", "brat", "duee", "fewfc", "casie"}


def test_every_format_has_an_example():
    assert set(READERS) <= set(EXAMPLES)


@pytest.mark.parametrize("name", READERS)
def test_the_example_is_read(name, tmp_path):
    path = tmp_path / "example"
    if name == "brat":
        path.mkdir()
        (path / "a.txt").write_text("Ann Berg sings in Oslo.", encoding="utf-8")
        (path / "a.ann").write_text(EXAMPLES[name], encoding="utf-8")
    elif name == "casie":
        path.mkdir()
        (path / "a.json").write_text(EXAMPLES[name], encoding="utf-8")
    else:
        path.write_text(EXAMPLES[name], encoding="utf-8")
    joiner = None if name not in TOKEN_FORMATS else " " if "Ann" in EXAMPLES[name] else ""
    notes = Notes()
    (document,) = read(path, name, joiner=joiner, notes=notes)
    assert not notes.grave()
    surfaces = {entity.text for entity in document.entities or ()}
    surfaces |= {argument.text for event in document.events or () for argument in event.arguments}
    surfaces |= {answer.text for answer in document.answers or ()}
    known = {"Ann Berg", "Ann", "Bob", "Oslo", "李雷", "上海", "蓝湖科技", "左膝关节", "左膝关节疼痛", "Анна", "Осло"}
    assert surfaces
    assert surfaces <= known | {"sings", "裁员"}
    if name in RELATIONS:
        assert document.relations
    if name in EVENTS:
        assert document.events
