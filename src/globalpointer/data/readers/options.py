"""What a person may say about a file beside its format."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from globalpointer.errors import ConfigError

DISCONTINUOUS = ("refuse", "envelope", "skip")
Mentions = Literal["all", "nearest", "first"]
MENTIONS: tuple[Mentions, ...] = ("all", "nearest", "first")


@dataclass(frozen=True, slots=True)
class Options:
    """The options of all formats; each reader takes those it understands and leaves the others alone."""

    joiner: str | None = None
    """Formats of tokens: what stands between two of them in the text, `""` (Chinese) or `" "`. Never guessed."""
    discontinuous: Literal["refuse", "envelope", "skip"] = "refuse"
    """brat: a mention in several pieces is a DataError, is kept as one span from first to last, or is left out."""
    labelled: bool | None = None
    """True: every document must be annotated. False: annotation is left aside. None: as it is in the file."""
    layers: int | None = None
    """Column formats: how many of the last columns are tags. None: see `data.readers.columns`."""
    outside: tuple[str, ...] | None = None
    """Column formats and uner: labels that count as O. None: none; for uner OTH and O, as its release does."""
    texts: str | Path | None = None
    """runne: the file with the texts, where the labels are in another. None: `X.jsonl` for `X_with_answers.jsonl`."""
    mentions: Mentions = "nearest"
    """Triples without offsets: which occurrences of a mention are meant: see `data.readers.locate`."""

    def __post_init__(self) -> None:
        if self.joiner not in (None, "", " "):
            raise ConfigError(f'joiner must be "" or " ", got {self.joiner!r}')
        if self.discontinuous not in DISCONTINUOUS:
            raise ConfigError(f"discontinuous must be one of {', '.join(DISCONTINUOUS)}, got {self.discontinuous!r}")
        if self.layers is not None and self.layers < 1:
            raise ConfigError(f"layers counts the tag columns and must be at least 1, got {self.layers}")
        if self.mentions not in MENTIONS:
            raise ConfigError(f"mentions must be one of {', '.join(MENTIONS)}, got {self.mentions!r}")
