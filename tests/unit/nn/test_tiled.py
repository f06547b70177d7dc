"""What tiles give beside the law: scores at cells with the partition, and where cells lie in tiles."""

import pytest
import torch
from tests.unit.nn.factories import factors, rows

from globalpointer.nn.kernels import reference, tiled, tiles
from globalpointer.nn.kernels.reference import Factors


@pytest.fixture(autouse=True)
def small_tiles(monkeypatch):
    monkeypatch.setattr(tiles, "ROWS", 4)
    monkeypatch.setitem(tiles.BUDGET, "cpu", 100)


def source(parts, ordered=True, width=None):
    mask = torch.rand(3, 13, generator=torch.Generator().manual_seed(1)) < 0.8
    return Factors(*parts, *[None] * (4 - len(parts)), mask, ordered, width)


def cells_of(factors):
    return reference.legal_pairs(factors)[:, None].expand(-1, factors.types, -1, -1).nonzero()[::7]


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize(("ordered", "width"), [(True, None), (False, None), (True, 3), (False, 2)])
def test_split_is_partition_and_scores_with_their_gradients(shared, ordered, width):
    parts = [each.requires_grad_() for each in factors(3, 3, 13, 2, shared=shared) if each is not None]
    cells = cells_of(source(parts, ordered, width))
    outside, inside = tiled.split(source(parts, ordered, width), cells)
    torch.testing.assert_close(outside, reference.partition(source(parts, ordered, width), cells))
    torch.testing.assert_close(inside, reference.gather(source(parts, ordered, width), cells))
    assert torch.autograd.gradcheck(lambda *each: tiled.split(source(each, ordered, width), cells), parts)


def test_gradients_of_cells_of_one_row_are_added_up_in_order():
    parts = [each.float().requires_grad_() for each in factors(3, 3, 13, 2, shared=False) if each is not None]
    cells = rows(*((0, 1, 0, col) for col in range(13)))

    def gradients():
        return torch.autograd.grad(tiled.split(source(parts), cells)[1].square().sum(), parts)

    for first, second in zip(gradients(), gradients(), strict=True):
        assert torch.equal(first, second)
    query, key = parts
    expected = 2 * (key[0, 1] @ query[0, 1, 0]) @ key[0, 1]
    torch.testing.assert_close(gradients()[0][0, 1, 0], expected)


@pytest.mark.parametrize(("ordered", "width"), [(True, None), (False, None), (True, 3), (False, 2)])
def test_every_cell_is_located_in_the_tile_that_holds_it(ordered, width):
    """Each legal cell is found once, where its own score stands."""
    scores = source([each for each in factors(3, 3, 13, 2, shared=False) if each is not None], ordered, width)
    cells = reference.legal_pairs(scores)[:, None].expand(-1, 3, -1, -1).nonzero()
    found = torch.cat(
        [
            tiles.tile_logits(part, tile).view(-1)[place]
            for part, places in zip(tiles.parts(scores), tiles.locate(scores, cells), strict=True)
            for tile, place in zip(tiles.tiles(scores), places, strict=True)
        ]
    )
    torch.testing.assert_close(found.sort().values, reference.gather(scores, cells).sort().values)
