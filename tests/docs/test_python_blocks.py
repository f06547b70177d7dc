"""Every python block of the README and docs/ runs, page by page, as a reader would run it.

A block after `<!-- needs a trained model -->` finds one, trained on the sample corpus, under the folder it names ("a trained
relation model": one for relations); a block after `<!-- needs files: a.jsonl b.jsonl -->` finds the sample corpus in those files.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
BLOCK = re.compile(r"(?:<!-- (?P<needs>needs [^>]*?) -->\n)?```python\n(?P<code>.*?)```", re.DOTALL)


MODELS = {
    "needs a trained model": "sample_model",
    "needs a trained relation model": "relation_model",
    "needs a trained reader": "mrc_model",
}


def blocks(page):
    return [(match["needs"] or "", match["code"]) for match in BLOCK.finditer(page.read_text(encoding="utf-8"))]


RUNNABLE = [page for page in PAGES if blocks(page)]


@pytest.mark.parametrize("page", RUNNABLE, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_blocks_of_a_page_run(page, tmp_path, monkeypatch, request):
    monkeypatch.chdir(tmp_path)
    namespace = {"__name__": "page"}
    for needs, code in blocks(page):
        if needs in MODELS:
            model = request.getfixturevalue(MODELS[needs])
            for folder in re.findall(r'from_pretrained\("([^"]+)"\)', code):
                Path(folder).parent.mkdir(parents=True, exist_ok=True)
                Path(folder).symlink_to(model)
        elif needs.startswith("needs files:"):
            prepare(needs.removeprefix("needs files:").split())
        exec(compile(code, f"{page.name}", "exec"), namespace)


def prepare(names):
    from globalpointer.data.sample import sample
    from globalpointer.data.writers import write

    for name in names:
        write(sample(Path(name).stem, "en"), name, "jsonl")


def test_there_is_something_to_run():
    assert {"README.md", "docs/quickstart.md", "docs/formulas.md"} <= {str(page.relative_to(ROOT)) for page in RUNNABLE}


def test_every_public_name_is_on_its_page():
    import globalpointer
    import globalpointer.nn

    for module, page in ((globalpointer, "globalpointer"), (globalpointer.nn, "nn")):
        text = (ROOT / "docs" / "api" / f"{page}.md").read_text(encoding="utf-8")
        assert [name for name in module.__all__ if f"`{name}" not in text] == []
