"""Every example of a format in docs/data.md is read in that format."""

import re
from pathlib import Path

import pytest

from globalpointer.data.readers import COLUMN_FORMATS, READERS, read

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL))


def test_every_format_has_an_example():
    assert set(READERS) <= set(EXAMPLES)


@pytest.mark.parametrize("name", READERS)
def test_the_example_is_read(name, tmp_path):
    path = tmp_path / "example"
    if name == "brat":
        path.mkdir()
        (path / "a.txt").write_text("Ann Berg sings in Oslo.", encoding="utf-8")
        (path / "a.ann").write_text(EXAMPLES[name], encoding="utf-8")
    else:
        path.write_text(EXAMPLES[name], encoding="utf-8")
    joiner = None if name not in COLUMN_FORMATS else " " if "Ann" in EXAMPLES[name] else ""
    (document,) = read(path, name, joiner=joiner)
    surfaces = {entity.text for entity in document.entities}
    known = {"Ann Berg", "Ann", "Bob", "Oslo", "李雷", "上海", "蓝湖科技", "左膝关节", "左膝关节疼痛", "Анна", "Осло"}
    assert surfaces
    assert surfaces <= known
