"""Tensors: cells in, scores out. Nothing here has ever heard of a text."""

from globalpointer.nn.contracts import Batch, Encoder, Extractor, Head
from globalpointer.nn.heads.biaffine import Biaffine
from globalpointer.nn.heads.efficient import EfficientGlobalPointer
from globalpointer.nn.heads.global_pointer import GlobalPointer
from globalpointer.nn.losses.divergence import divergence
from globalpointer.nn.losses.metric import batch_f1
from globalpointer.nn.losses.multilabel import multilabel_crossentropy
from globalpointer.nn.scores import DenseScores, FactoredScores, PairScores, Top, find, gather
from globalpointer.nn.token_pair import TokenPairModel

__all__ = [
    "Batch",
    "Biaffine",
    "DenseScores",
    "EfficientGlobalPointer",
    "Encoder",
    "Extractor",
    "FactoredScores",
    "GlobalPointer",
    "Head",
    "PairScores",
    "TokenPairModel",
    "Top",
    "batch_f1",
    "divergence",
    "find",
    "gather",
    "multilabel_crossentropy",
]
