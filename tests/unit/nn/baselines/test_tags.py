import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.nn.baselines import naive
from tests.unit.nn.factories import rows

import oracles
from globalpointer.errors import ConfigError
from globalpointer.grid import Grid
from globalpointer.nn.baselines import tags

TYPES = 3


@st.composite
def annotated(draw):
    """(which tokens are legal, cells on legal tokens, sorted) of some examples of one length; cells may overlap."""
    tokens = draw(st.integers(1, 9))
    legal = draw(st.lists(st.lists(st.booleans(), min_size=tokens, max_size=tokens), min_size=1, max_size=3))
    cells = set()
    for example, mask in enumerate(legal):
        places = [token for token, each in enumerate(mask) if each]
        for kind, *ends in draw(
            st.lists(st.tuples(st.integers(0, TYPES - 1), *[st.sampled_from(places)] * 2)) if places else st.just([])
        ):
            cells.add((example, kind, min(ends), max(ends)))
    return legal, sorted(cells)


@given(annotated())
def test_tags_are_those_of_the_longest_spans_apart(made):
    legal, cells = made
    where = tags.sequences(torch.tensor(legal))
    found = tags.encode(rows(*cells), torch.tensor(legal), where.mask.shape[1])
    for example, mask in enumerate(legal):
        rank = {token: at for at, token in enumerate(token for token, each in enumerate(mask) if each)}
        expected = [0] * where.mask.shape[1]
        for kind, first, last in oracles.longest_apart(
            [(c[1], rank[c[2]], rank[c[3]]) for c in cells if c[0] == example]
        ):
            expected[first : last + 1] = [1 + 2 * kind] + [2 + 2 * kind] * (last - first)
        assert found[example].tolist() == expected


@given(annotated())
def test_spans_that_do_not_overlap_come_back(made):
    legal, cells = made
    flat = sorted(
        (example, *span)
        for example in range(len(legal))
        for span in oracles.longest_apart([cell[1:] for cell in cells if cell[0] == example])
    )
    where = tags.sequences(torch.tensor(legal))
    tagged = tags.encode(rows(*flat), torch.tensor(legal), where.mask.shape[1])
    grid = Grid("entity", tuple("abc"))
    found = tags.found(grid, where, tagged, torch.ones(tagged.shape), threshold=0.0, limit=None)
    assert [(example, *cell) for example, each in enumerate(found) for cell in each["entity"]] == flat


@given(st.lists(st.booleans(), min_size=1, max_size=9))
def test_sequences_hold_the_legal_tokens_in_their_order(mask):
    where = tags.sequences(torch.tensor([mask, [True] * len(mask)]))
    assert where.places[0][where.mask[0]].tolist() == [token for token, legal in enumerate(mask) if legal]
    assert where.places[1].tolist() == list(range(len(mask)))
    assert where.mask[1].all()


def test_an_example_without_a_legal_token_has_an_empty_sequence():
    where = tags.sequences(torch.zeros(2, 3, dtype=torch.bool))
    assert where.mask.tolist() == [[False], [False]]


def test_an_i_after_nothing_of_its_type_begins_a_span():
    tagged = torch.tensor([[2, 2, 4, 1, 2, 0, 4, 3]])
    spans, logits = tags.decode(tagged, torch.tensor([[8.0, 3.0, 4.0, 5.0, 6.0, 0.0, 1.0, 2.0]]))
    assert spans.tolist() == [[0, 0, 0, 1], [0, 1, 2, 2], [0, 0, 3, 4], [0, 1, 6, 6], [0, 1, 7, 7]]
    assert logits.tolist() == [3.0, 4.0, 5.0, 1.0, 2.0]


@pytest.mark.parametrize("grids", [naive.grids(), naive.grids()[1:2], (), (Grid("entity", ("a",), ordered=False),)])
def test_only_entities_have_tags(grids):
    with pytest.raises(ConfigError, match=r'a CRF finds entities and nothing else: it needs \[task\] kind = "ner"'):
        tags.only_grid(grids, "a CRF")


def test_half_precision_scores_are_raised():
    linear = torch.nn.Linear(4, 3).bfloat16()
    legal = torch.ones(1, 2, dtype=torch.bool)
    assert tags.emissions(linear, torch.zeros(1, 2, 4), legal, tags.sequences(legal).places).dtype == torch.float32
