"""Every table on a page is the one that its rows make now, and every mark on a page has a table."""

import re

import pytest
from benchmarks.rows import ROOT
from benchmarks.tables import every_table, filled, pages


@pytest.fixture(scope="module")
def tables():
    return every_table()


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_the_tables_of_a_page_are_current(page, tables):
    text = page.read_text(encoding="utf-8")
    assert filled(text, tables) == text, "python -m benchmarks.tables was not run"
    marks = re.findall(r"^<!-- ([a-z0-9_-]+) -->$", text, flags=re.MULTILINE)
    assert set(marks) <= set(tables)


def test_every_table_has_its_place(tables):
    every = "".join(page.read_text(encoding="utf-8") for page in pages())
    assert [name for name in tables if f"<!-- {name} -->\n" not in every] == []


def test_a_table_that_is_not_current_is_noticed():
    text = "<!-- one -->\n\nold\n\n<!-- /one -->\n\nthe rest"
    assert filled(text, {"one": "new"}) == text.replace("old", "new")
