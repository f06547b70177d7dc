"""What a system does in its turn while speed is measured: train and answer, with its encoder and without."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from globalpointer.data.batching import buckets, collate, encode_documents
from globalpointer.nn.contracts import Batch
from globalpointer.predictor import Predictor
from globalpointer.tasks.thresholds import Thresholds
from globalpointer.text.spans import Document
from globalpointer.training.arguments import has_bfloat16

MEASURED = ("training", "training_head", "prediction", "prediction_head")
"""Each over the same texts in batches of like length.

training: loss, gradients and a step of AdamW, at the rate 0, so that the model stays as it is. training_head: the same
from the encoder's vectors on, which receive a gradient, too. prediction: from texts to documents, as
`Predictor.predict` does it. prediction_head: from the encoder's vectors to cells.
"""

BATCH, TOKENS = 32, 4096
"""The most texts, and the most tokens with their padding, of a batch."""

Turn = Callable[[], object]


def turns_of(predictor: Predictor, documents: Sequence[Document]) -> dict[str, Turn]:
    """By what is measured, what the system does for it."""
    model, extractor = predictor.model, predictor.model.extractor
    batches = _batches(predictor, documents)
    recalled = Recalled(extractor.encoder, batches)
    limits = predictor.limits(Thresholds.of(None, predictor.schema, {predictor.kind: predictor.threshold}))
    train = _training(predictor, batches)
    with _in_place_of_encoder(extractor, recalled):
        train_head = _training(predictor, batches)

    def find() -> None:
        model.train(mode=False)
        for batch in batches:
            extractor.find(batch, threshold=limits, limit=predictor.most)

    return {
        "training": train,
        "training_head": _with(extractor, recalled, train_head),
        "prediction": lambda: predictor.predict(documents, batch_size=BATCH),
        "prediction_head": _with(extractor, recalled, find),
    }


class Recalled(nn.Module):
    """In the place of an encoder: the vectors that it gave before for the same tokens, as leaves of a new graph."""

    def __init__(self, encoder: nn.Module, batches: Sequence[Batch]) -> None:
        super().__init__()
        self.hidden = int(encoder.hidden)  # type: ignore[arg-type]  # what every Encoder promises
        encoder.train(mode=False)
        with torch.no_grad():
            self._known = {_key(batch.tokens): encoder(batch.tokens, batch.attention) for batch in batches}

    def forward(
        self,
        tokens: Int[Tensor, "batch tokens"],
        attention: Bool[Tensor, "batch tokens"],  # noqa: ARG002
    ) -> Float[Tensor, "batch tokens hidden"]:
        """The vectors."""
        vectors: Tensor = self._known[_key(tokens)]
        return vectors.detach().requires_grad_()


def _key(tokens: Tensor) -> tuple[tuple[int, ...], bytes]:
    return tuple(tokens.shape), tokens.cpu().numpy().tobytes()


def _batches(predictor: Predictor, documents: Sequence[Document]) -> list[Batch]:
    task, tokenizer = predictor.model.task, predictor.tokenizer
    examples = [example for each in encode_documents(documents, task, tokenizer) for example in each.examples]
    groups = buckets([len(example.tokens) for example in examples], tokens_per_batch=TOKENS, max_batch=BATCH)
    return [
        collate([examples[index] for index in group], grids=task.grids, pad=tokenizer.pad).to(predictor.model.device)
        for group in groups
    ]


def _training(predictor: Predictor, batches: Sequence[Batch]) -> Turn:
    """A step a batch, in the precision that training has by its recipe, over the parameters that are there now."""
    extractor, device = predictor.model.extractor, predictor.model.device.type
    low = bool(predictor.recipe.training.get("bf16", has_bfloat16()))
    optimizer = torch.optim.AdamW(extractor.parameters(), lr=0.0, fused=True)

    def train() -> None:
        predictor.model.train()
        for batch in batches:
            with torch.autocast(device, dtype=torch.bfloat16, enabled=low):
                loss = extractor.loss(batch)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()

    return train


def _with(extractor: nn.Module, encoder: nn.Module, turn: Turn) -> Turn:
    def run() -> None:
        with _in_place_of_encoder(extractor, encoder):
            turn()

    return run


@contextmanager
def _in_place_of_encoder(extractor: nn.Module, encoder: nn.Module) -> Iterator[None]:
    own = extractor.encoder
    extractor.encoder = encoder
    try:
        yield
    finally:
        extractor.encoder = own
