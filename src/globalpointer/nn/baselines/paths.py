"""The best sequence of BIO tags, and which sequences are legal."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from globalpointer.nn.baselines.tags import OUTSIDE


def only_legal(
    start: Float[Tensor, " tags"], transitions: Float[Tensor, "tags tags"]
) -> tuple[Float[Tensor, " tags"], Float[Tensor, "tags tags"]]:
    """-inf where an I follows neither a B nor an I of its type."""
    tag = torch.arange(len(start), device=start.device)
    inner, kind = (tag > OUTSIDE) & (tag % 2 == 0), (tag - 1) // 2
    broken = inner & (kind[:, None] != kind)
    return start.masked_fill(inner, float("-inf")), transitions.masked_fill(broken, float("-inf"))


def best_path(
    scores: Float[Tensor, "batch length tags"],
    mask: Bool[Tensor, "batch length"],
    start: Float[Tensor, " tags"],
    transitions: Float[Tensor, "tags tags"],
    end: Float[Tensor, " tags"],
) -> tuple[Int[Tensor, "batch length"], Float[Tensor, "batch length"]]:
    """The Viterbi path, and at each token by how much it beats the best path with another tag there.

        α_j(y) = e_j(y) + max_x α_(j-1)(x) + T(x, y)        β_j(y) = max_z T(y, z) + e_(j+1)(z) + β_(j+1)(z)

    α + β is the score of the best path through a tag. Exact, in two loops over tokens for the whole batch. What stands
    behind the mask means nothing.
    """
    length = scores.shape[1]
    forward = [start + scores[:, 0]]
    for place in range(1, length):
        forward.append((forward[-1][:, :, None] + transitions).amax(1) + scores[:, place])
    behind = end.expand_as(forward[-1])
    tag = (forward[-1] + end).argmax(1)
    path, through = [tag], [forward[-1] + behind]
    for place in reversed(range(length - 1)):
        goes_on = mask[:, place + 1, None]
        following = (transitions + (scores[:, place + 1] + behind)[:, None]).amax(2)
        behind = torch.where(goes_on, following, end)
        tag = (forward[place] + torch.where(goes_on, transitions.mT[tag], end)).argmax(1)
        path.append(tag)
        through.append(forward[place] + behind)
    tagged, marginals = torch.stack(path[::-1], 1)[..., None], torch.stack(through[::-1], 1)
    others = marginals.scatter(2, tagged, float("-inf")).amax(2)
    # Sums in another order may differ by a rounding
    return tagged[..., 0], (marginals.gather(2, tagged)[..., 0] - others).clamp(min=0.0)
