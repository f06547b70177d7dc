"""The official scores of answers as strings: exact match and F1, as the scripts of SQuAD and of CMRC2018 have them."""

import re
import string
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from globalpointer.errors import ConfigError
from globalpointer.evaluation.marks import Shared, shared

_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(a|an|the)\b")

_SIGNS = frozenset("-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")
"""What CMRC2018 takes for punctuation; of ASCII only these, and no single "…", as in its script."""

_CHINESE = r"\u4e00-\u9fa5"
_WORD = rf"[^\s{_CHINESE}!\"#$%&'()*,.:;<>?@\[\]`{{}}«»\u2012-\u2015‘’“”„]+"
_PIECE = re.compile(
    rf"[{_CHINESE}]"  # a Chinese character
    r"|\.{2,}"  # dots
    rf"|\.?{_WORD}(?:(?:[.']|,(?=\d)){_WORD})*"  # a word or number: .net, u.s, 3,000.5, x…y
    rf"(?:\.(?=\s+[^\s{_CHINESE}]))?"  # and the dot of an abbreviation, where another word follows
    r"|\S"  # any other sign
)
"""What the tokenizer of NLTK takes for a word, as far as answers show it."""


@dataclass(frozen=True, slots=True)
class Official:
    """How a data set compares two strings.

    `normal`: a string as it must be for an exact match. `pieces`: what F1 counts. `common`: how many pieces both have.
    `empty`: a string of which nothing is left is an answer; else it is as if it had not been given.
    """

    name: str
    normal: Callable[[str], str]
    pieces: Callable[[str], Sequence[str]]
    common: Callable[[Sequence[str], Sequence[str]], int]
    empty: bool

    def answers(self, strings: Sequence[str]) -> list[str]:
        """Those that count as answers."""
        return [each for each in strings if self.empty or self.normal(each)]

    def exact(self, accepted: Sequence[str], found: str) -> bool:
        """Whether the normal form of a string is that of one of the accepted ones."""
        return self.normal(found) in map(self.normal, accepted)

    def shared(self, accepted: Sequence[str], found: str) -> Shared:
        """Precision, recall and F1 of pieces against the accepted string for which F1 is highest."""
        pieces = self.pieces(found)
        return max((self._shared(self.pieces(each), pieces) for each in accepted), key=lambda each: each.f1)

    def _shared(self, gold: Sequence[str], found: Sequence[str]) -> Shared:
        if not gold or not found:  # nothing but signs: they agree or they do not
            return Shared(*[float(gold == found)] * 3)
        return shared(self.common(gold, found), len(gold), len(found))


def _squad_normal(text: str) -> str:
    """In small letters, without ASCII punctuation, then without articles, blanks collapsed."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def _squad_pieces(text: str) -> list[str]:
    return _squad_normal(text).split()


def _bag(gold: Sequence[str], found: Sequence[str]) -> int:
    """Pieces in both, in any order, each as often as it occurs."""
    return (Counter(gold) & Counter(found)).total()


def _cmrc_normal(text: str) -> str:
    """In small letters and without signs."""
    return "".join(each for each in text.lower().strip() if each not in _SIGNS)


def _cmrc_pieces(text: str) -> list[str]:
    """Mixed segmentation: each Chinese character, and each word of another script. What a sign parted is one word."""
    return _PIECE.findall(_cmrc_normal(text))


def _longest_run(gold: Sequence[str], found: Sequence[str]) -> int:
    """The length of the longest run of pieces that stands in both (a substring, not a subsequence)."""
    longest, row = 0, [0] * (len(found) + 1)
    for one in gold:
        row = [0, *(before + 1 if one == other else 0 for before, other in zip(row, found, strict=False))]
        longest = max(longest, *row)
    return longest


SQUAD: Final = Official("SQuAD", _squad_normal, _squad_pieces, _bag, empty=False)
"""Source: Rajpurkar et al., 2016 and 2018, evaluate-v2.0.py. With an answer to each question it is that of 1.1, but for
answers of which normalising leaves nothing, such as "." and "the": 2.0 leaves them out, and so do we."""

CMRC: Final = Official("CMRC2018", _cmrc_normal, _cmrc_pieces, _longest_run, empty=True)
"""Source: Cui et al., 2019, cmrc2018_evaluate.py, where the tokenizer of NLTK cuts what is not Chinese; here an
expression does. Of 7,021 pairs from its texts (answers of two annotators, an answer and what stands around it) 1 scores
otherwise than with NLTK 3.10.4, the mean by 0.000002. Where of two answers nothing but signs is left, F1 is 1 as EM is;
there it is 0."""

OFFICIAL: Final[Mapping[str, Official]] = MappingProxyType({"word": SQUAD, "character": CMRC})
"""By the unit of the language: words between blanks, or characters."""


def official(unit: str) -> Official:
    """The scores for a language of this unit."""
    if unit not in OFFICIAL:
        raise ConfigError(f"unit must be one of {', '.join(OFFICIAL)}, not {unit!r}")
    return OFFICIAL[unit]
