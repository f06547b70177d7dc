import pytest
import torch
from tests.unit.nn.baselines import naive

import oracles
from globalpointer.errors import ConfigError
from globalpointer.nn.heads.additive import Additive


def module(**options):
    torch.manual_seed(0)
    head = Additive(5, 3, **options).double()
    for parameter in head.parameters():
        torch.nn.init.normal_(parameter)
    return head


def by_loops(head, vectors):
    """[types][tokens][tokens]."""
    (weight, bias), (scores, constants) = naive.plain(head.handshaking.combine), naive.plain(head.score)
    if not head.per_type:
        return naive.additive(vectors, (weight, bias), (scores, constants))
    own = [slice(kind * head.dim, (kind + 1) * head.dim) for kind in range(head.types)]
    outputs = zip(own, scores, constants, strict=True)
    return [naive.additive(vectors, (weight[at], bias[at]), ([row], [c]))[0] for at, row, c in outputs]


@pytest.mark.parametrize("tokens", [1, 7, 8, 21])
@pytest.mark.parametrize("per_type", [False, True])
@pytest.mark.parametrize(("ordered", "max_width"), [(True, None), (False, None), (True, 3), (False, 3), (True, 1)])
def test_it_is_the_published_one_in_every_cell(tokens, per_type, ordered, max_width):
    head = module(dim=4, per_type=per_type, ordered=ordered, max_width=max_width)
    hidden = torch.randn(2, tokens, 5, dtype=torch.float64)
    legal = torch.ones(2, tokens, dtype=torch.bool)
    legal[1, tokens // 2 + 1 :] = False
    found = head(hidden, legal).logits()
    for example, vectors in enumerate(hidden.tolist()):
        expected = torch.tensor(by_loops(head, vectors), dtype=torch.float64)
        cells = [
            [oracles.legal(legal[example].tolist(), i, j, ordered, max_width) for j in range(tokens)]
            for i in range(tokens)
        ]
        expected = expected.masked_fill(~torch.tensor(cells), float("-inf"))
        torch.testing.assert_close(found[example], expected, rtol=1e-12, atol=1e-12)


def test_a_pair_is_the_same_alone_and_in_its_strip():
    head = module(dim=4)
    hidden = torch.randn(2, 11, 5, dtype=torch.float64)
    places = torch.tensor([[0, 0, 10], [1, 9, 2], [1, 3, 3]])
    square = torch.cat([strip.pairs for strip in head.handshaking.strips(hidden, ordered=False)], 1)
    example, row, col = places.unbind(1)
    torch.testing.assert_close(head.handshaking.at(hidden, places), square[example, row, col])


def test_untrained_logits_are_of_size_one():
    torch.manual_seed(0)
    logits = Additive(256, 6)(torch.randn(4, 20, 256), torch.ones(4, 20, dtype=torch.bool)).logits()
    assert 0.3 < logits[logits.isfinite()].std() < 2.0


def test_float32_inside_autocast_and_with_half_weights():
    torch.manual_seed(0)
    head, hidden, legal = Additive(8, 2), torch.randn(2, 5, 8), torch.ones(2, 5, dtype=torch.bool)
    expected = head(hidden, legal).logits()
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(head(hidden, legal).logits(), expected)
    assert head.bfloat16()(hidden, legal).logits().dtype == torch.float32


def test_what_is_no_number_at_padding_stays_there():
    head, legal = module(), torch.tensor([[True, True, False]])
    hidden = torch.randn(1, 3, 5, dtype=torch.float64)
    hidden[:, 2] = float("nan")
    scores = head(hidden, legal)
    scores.logsumexp().sum().backward()
    assert all(parameter.grad.isfinite().all() for parameter in head.parameters())


@pytest.mark.parametrize(("hidden", "types", "dim", "per_type"), [(768, 49, None, False), (8, 3, 4, True)])
def test_parameters_of_the_pairs_and_of_the_types(hidden, types, dim, per_type):
    head = Additive(hidden, types, dim=dim, per_type=per_type)
    size = hidden if dim is None else dim
    planes = types if per_type else 1
    assert sum(each.numel() for each in head.parameters()) == planes * size * (2 * hidden + 1) + types * (size + 1)
    assert not list(head.buffers())


@pytest.mark.parametrize("options", [{"dim": 0}, {"dim": -1}])
def test_impossible_heads_are_refused(options):
    with pytest.raises(ConfigError, match="dim"):
        Additive(8, 2, **options)
