"""Rotary positions: a vector is turned by an angle that grows with its place, so products know only distances."""

import torch
from jaxtyping import Float
from torch import Tensor

BASE = 10000.0


def rotate(vectors: Float[Tensor, "*batch tokens dim"]) -> Float[Tensor, "*batch tokens dim"]:
    """Turn each adjacent pair of dimensions (2k, 2k+1) of token m by the angle m · 10000^(-2k/dim).

    Places are token positions, special tokens included. The tables are made here, not kept as buffers: buffers that
    are not saved come back as garbage from transformers' meta device.

    Source: Su et al., 2021, RoFormer, eq. 15; interleaved as in bert4keras.
    """
    tokens, dim = vectors.shape[-2:]
    angle = torch.arange(0, dim, 2, device=vectors.device, dtype=vectors.dtype)
    place = torch.arange(tokens, device=vectors.device, dtype=vectors.dtype)
    turn = place[:, None] * BASE ** (-angle / dim)
    cos, sin = turn.cos(), turn.sin()
    even, odd = vectors[..., ::2], vectors[..., 1::2]
    return torch.stack([even * cos - odd * sin, odd * cos + even * sin], -1).flatten(-2)
