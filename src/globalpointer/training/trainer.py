"""transformers.Trainer over batches of cells: length buckets, end-to-end development F1, checkpoints that survive."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Sampler
from transformers import Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from globalpointer.data.batching import Example, buckets, collate
from globalpointer.errors import ConfigError
from globalpointer.grid import Grid
from globalpointer.model import GlobalPointerModel
from globalpointer.nn.encoders.huggingface import quietly
from globalpointer.training.arguments import Settings
from globalpointer.training.checkpoints import seal, writing
from globalpointer.training.regularize import MovingAverage, adversarial_step

AVERAGE_FILE = "average.safetensors"

Scores = dict[str, float]


class BucketSampler(Sampler[list[int]]):
    """Batches of like length, other ones each epoch, but always the same number of them.

    The number is a multiple of `multiple` (devices times accumulation steps), so that no device waits for another.
    """

    def __init__(self, lengths: Sequence[int], *, tokens: int, examples: int, seed: int, multiple: int = 1) -> None:
        self.lengths = lengths
        self.tokens = tokens
        self.examples = examples
        self.seed = seed
        self.epoch = 0
        needed = len(self._cut(tokens, seed))
        self.batches = min(len(lengths), -(-needed // multiple) * multiple)

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch, on which the shuffling depends and on nothing else."""
        self.epoch = epoch

    def __len__(self) -> int:
        return self.batches

    def __iter__(self) -> Iterator[list[int]]:
        """The batches of the epoch: a budget stretched until they are few enough, then the largest halved."""
        seed, tokens = self.seed + self.epoch, self.tokens
        while len(batches := self._cut(tokens, seed)) > self.batches:
            tokens += max(1, tokens // 50)
        while len(batches) < self.batches:
            largest = max(range(len(batches)), key=lambda index: len(batches[index]))
            batch = batches[largest]
            batches[largest : largest + 1] = [batch[::2], batch[1::2]]
        return iter(batches)

    def _cut(self, tokens: int, seed: int) -> list[list[int]]:
        examples = -(-self.examples * tokens // self.tokens)
        return buckets(self.lengths, tokens_per_batch=tokens, max_batch=examples, seed=seed)


class _Averaging(TrainerCallback):
    """Takes the weights into the moving average after each optimizer step."""

    def __init__(self, average: MovingAverage) -> None:
        self.average = average

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: Any) -> None:
        self.average.update(state.global_step)


class ExtractionTrainer(Trainer):
    """The Trainer of all extractors. `judge` gives the development scores of the model as it stands, `keep` saves it.

    The hooks of transformers.Trainer are its own; nothing of ours derives from this class.
    """

    def __init__(
        self,
        model: GlobalPointerModel,
        arguments: TrainingArguments,
        settings: Settings,
        *,
        examples: Sequence[Example],
        collator: Callable[[Sequence[Example]], Any],
        judge: Callable[[], Scores],
        keep: Callable[[], None],
        callbacks: list[Any],
    ) -> None:
        self.settings = settings
        self.extractor = model
        self.examples = examples
        self.judge = judge
        self.keep = keep
        self.average: MovingAverage | None = None
        super().__init__(
            model=model,
            args=arguments,
            train_dataset=examples,
            # Asked for by transformers before it evaluates at all; `evaluate` goes by `judge`.
            eval_dataset=examples,
            data_collator=collator,
            callbacks=callbacks,
        )

    def get_train_dataloader(self) -> DataLoader[Any]:
        """Length-bucketed batches under the token budget."""
        sampler = BucketSampler(
            [len(example.tokens) for example in self.examples],
            tokens=self.settings.tokens_per_batch,
            examples=self.args.per_device_train_batch_size,
            seed=self.args.data_seed if self.args.data_seed is not None else self.args.seed,
            multiple=self.args.world_size,
        )
        loader: DataLoader[Any] = DataLoader(
            self.examples,  # type: ignore[arg-type]
            batch_sampler=sampler,
            collate_fn=self.data_collator,
            num_workers=self.args.dataloader_num_workers,
            persistent_workers=False,
        )
        prepared: DataLoader[Any] = self.accelerator.prepare(loader)
        return prepared

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        """Two learning rates: the encoder's, and that of everything else; no decay for biases and norms."""
        if self.optimizer is None:
            optimizer_class, options = self.get_optimizer_cls_and_kwargs(self.args, self.extractor)
            self.optimizer = optimizer_class(self._groups(model or self.extractor), **options)
        return self.optimizer

    def training_step(self, model: nn.Module, inputs: Any, num_items_in_batch: Any = None) -> Tensor:
        """One forward and backward pass; with `fgm`, a second one from a worse place."""
        loss = super().training_step(model, inputs, num_items_in_batch)
        if self.settings.fgm:
            with adversarial_step(model, self.settings.fgm):
                super().training_step(model, inputs, num_items_in_batch)
        return loss

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """The development scores of the model from end to end, averaged weights applied; the best model is kept."""
        started = time.perf_counter()
        self._check_finite()
        if self.average is not None:
            with self.average.applied():
                scores = self._judge_and_keep()
        else:
            scores = self._judge_and_keep()
        metrics = {f"eval_{name}": value for name, value in scores.items()}
        metrics["eval_seconds"] = time.perf_counter() - started
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    def floating_point_ops(self, inputs: dict[str, Any]) -> int:
        """The estimate of transformers, six operations a weight and token; embeddings are looked up."""
        return 6 * int(inputs["batch"].tokens.numel()) * self.extractor.num_parameters(exclude_embeddings=True)

    def start_average(self, checkpoint: Path | None) -> None:
        """Begin the moving average, or take it up where a checkpoint left it."""
        if self.settings.ema:
            self.average = MovingAverage(self.extractor, self.settings.ema)
            self.add_callback(_Averaging(self.average))
            if checkpoint is not None:
                self.average.load(checkpoint / AVERAGE_FILE)

    def _check_finite(self) -> None:
        if not all(bool(weight.isfinite().all()) for weight in self.extractor.parameters()):
            raise ConfigError(
                f"training diverged: after step {self.state.global_step} the model has weights that are no finite "
                f"numbers; lower training.learning_rate ({self.args.learning_rate:g}) or training.max_grad_norm "
                f"({self.args.max_grad_norm:g})"
            )

    def _judge_and_keep(self) -> Scores:
        shared: list[Scores] = [{}]
        if self.is_world_process_zero():
            shared = [self.judge()]
            best = self.state.best_metric
            # Of equal ones the later, which has learned more: at first all may be 0
            if best is None or shared[0]["f1"] >= best:
                self.keep()
        if self.args.world_size > 1:
            torch.distributed.broadcast_object_list(shared)
        self.extractor.train()
        return shared[0]

    def _groups(self, model: nn.Module) -> list[dict[str, Any]]:
        decayed = set(self.get_decay_parameter_names(model))
        rates = {True: self.args.learning_rate, False: self.settings.head_learning_rate or self.args.learning_rate}
        groups: dict[tuple[bool, bool], list[Tensor]] = {}
        for name, weight in model.named_parameters():
            if weight.requires_grad:
                groups.setdefault((_is_encoders(name), name in decayed), []).append(weight)
        return [
            {"params": weights, "lr": rates[encoder], "weight_decay": self.args.weight_decay if decay else 0.0}
            for (encoder, decay), weights in groups.items()
        ]

    def _save_checkpoint(self, model: nn.Module, trial: Any) -> None:
        """As transformers does; then the averaged weights, and the mark that all of it is there."""
        checkpoint = Path(self._get_output_dir(trial=trial)) / f"checkpoint-{self.state.global_step}"
        with quietly(), writing(checkpoint):
            super()._save_checkpoint(model, trial)
            if self.args.should_save and self.average is not None:
                self.average.save(checkpoint / AVERAGE_FILE)
        if self.args.should_save:
            seal(checkpoint)


def _is_encoders(weight: str) -> bool:
    """Whether a weight of this name is the encoder's own; what is on top of it is as new as the head."""
    return "extractor.encoder." in weight and "extractor.encoder.on_top." not in weight


def make_collator(grids: Sequence[Grid], pad: int, *, rdrop: float) -> Callable[[Sequence[Example]], dict[str, Any]]:
    """Examples to the keyword arguments of the model's `forward`."""

    def collator(examples: Sequence[Example]) -> dict[str, Any]:
        batch = {"batch": collate(examples, grids=grids, pad=pad)}
        return batch | {"rdrop": rdrop} if rdrop else batch

    return collator
