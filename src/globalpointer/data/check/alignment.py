"""What a tokenizer and its windows make of the annotation: spans that no cell can express, texts that are cut."""

from collections.abc import Sequence
from typing import Protocol

from globalpointer.data.check.facts import TokenFacts
from globalpointer.data.check.report import Corpus, Tally, mentions
from globalpointer.data.readers.annotate import shorten
from globalpointer.data.readers.links import describe
from globalpointer.text.spans import Document, Event, Relation, Span
from globalpointer.text.tokens import Pair, TokenMap
from globalpointer.text.windows import Share, Window, cut, owner, share

BATCH = 256


class Tokenized(Protocol):
    """A tokenized text."""

    @property
    def tokens(self) -> TokenMap:
        """Where each token stands."""
        ...


class Tokenizer(Protocol):
    """What `globalpointer.data.tokenizing.TextTokenizer` does, as far as a check needs it."""

    @property
    def separator(self) -> Sequence[int]:
        """What stands between a question and its text."""
        ...

    def tokenize_batch(self, texts: Sequence[str]) -> Sequence[Tokenized]:
        """The tokens of each text, whole, without special ones."""
        ...


def token_facts(corpus: Corpus, tokenizer: Tokenizer, window: int | None, overlap: int, tally: Tally) -> TokenFacts:
    """Tokens and windows of one file; mentions, relations and events that get lost are told as findings."""
    lengths: list[int] = []
    windows_needed: list[int] = []
    lost = {"misaligned": 0, "unreachable": 0}
    longest = 0
    for start in range(0, len(corpus.documents), BATCH):
        documents = corpus.documents[start : start + BATCH]
        tokenized = tokenizer.tokenize_batch([document.text for document in documents])
        counts = [len(each.tokens) for each in tokenized]
        rooms: Sequence[Share | None] = [None] * len(documents)
        if window is not None:
            rooms = _rooms(corpus, documents, counts, tokenizer, Share(0, window, overlap), tally)
        for document, each, tokens, room in zip(documents, tokenized, counts, rooms, strict=True):
            windows = () if room is None else cut(tokens, room.window, room.overlap)
            lengths.append(tokens)
            windows_needed.append(len(windows) if window is not None else 1)
            pairs, misaligned = _pairs(corpus, document, each.tokens, tally)
            lost["misaligned"] += misaligned
            longest = max([longest, *(pair.col - pair.row + 1 for pair in pairs)])
            lost["unreachable"] += _unreachable(corpus, document, pairs, windows, tally)
            _parted(corpus, document, each.tokens, windows, tally)
            if document.text.strip() and not tokens:
                tally.add("warning", "no-token", "texts of which the tokenizer keeps nothing", corpus.place(document))
    return TokenFacts(
        mean=sum(lengths) / len(lengths) if lengths else 0.0,
        max=max(lengths, default=0),
        window=window,
        windows=sum(windows_needed),
        cut=sum(needed > 1 for needed in windows_needed),
        misaligned=lost["misaligned"],
        unreachable=lost["unreachable"],
        longest_entity=longest,
    )


def _rooms(
    corpus: Corpus,
    documents: Sequence[Document],
    counts: Sequence[int],
    tokenizer: Tokenizer,
    whole: Share,
    tally: Tally,
) -> list[Share]:
    """What of a window is left for each text, of so many tokens; a question that takes more than its part is told."""
    rooms = [whole] * len(documents)
    asking = {index: document.question for index, document in enumerate(documents) if document.question is not None}
    for index, tokenized in zip(asking, tokenizer.tokenize_batch([*asking.values()]), strict=True):
        question, separator = len(tokenized.tokens), len(tokenizer.separator)
        room = share(whole.window, whole.overlap, question=question, separator=separator, text=counts[index])
        if room.question < question:
            said = f"{corpus.place(documents[index])} {question} tokens, of which {room.question} are read"
            message = f"questions of {corpus.path} that do not fit beside their text: only their beginning is read"
            tally.add("warning", "cut-question", message, said)
        rooms[index] = room
    return rooms


def _pairs(corpus: Corpus, document: Document, tokens: TokenMap, tally: Tally) -> tuple[list[Pair], int]:
    """The token pairs of the mentions, and how many of these have none."""
    pairs = []
    misaligned = 0
    for mention in mentions(document):
        pair = tokens.pair(mention.span)
        if pair is None:
            misaligned += 1
            place = f"at {mention.span.start}:{mention.span.end}"
            said = f"{corpus.place(document)} {mention.label} {shorten(mention.text)} {place}"
            message = "with a border within a token of this tokenizer: no model with it can learn or find them"
            tally.add("warning", "misaligned", f"{mention.many} {message}", said)
        else:
            pairs.append(pair)
    return pairs, misaligned


def _unreachable(
    corpus: Corpus, document: Document, pairs: Sequence[Pair], windows: Sequence[Window], tally: Tally
) -> int:
    if len(windows) < 2:  # all in one window, or none asked for
        return 0
    many = "entities" if document.entities else "answers" if document.answers else "arguments"
    count = 0
    for pair in pairs:
        if owner(windows, pair.row, pair.col) is None:
            count += 1
            said = f"{corpus.place(document)} {pair.col - pair.row + 1} tokens"
            message = f"{many} that no window holds: make the overlap larger than the longest one"
            tally.add("warning", "unreachable", message, said)
    return count


def _parted(corpus: Corpus, document: Document, tokens: TokenMap, windows: Sequence[Window], tally: Tally) -> None:
    """Tell the relations and events whose members no window holds together."""
    if len(windows) < 2:
        return
    links: list[tuple[Relation | Event, list[Span]]] = [
        *((each, [each.subject.span, each.object.span]) for each in document.relations or ()),
        *((each, [argument.span for argument in each.arguments]) for each in document.events or ()),
    ]
    for link, spans in links:
        pairs = [pair for pair in map(tokens.pair, spans) if pair is not None]
        first, last = min((each.row for each in pairs), default=0), max((each.col for each in pairs), default=0)
        if pairs and owner(windows, first, last) is None:
            kind = "relations" if isinstance(link, Relation) else "events"
            said = f"{corpus.place(document)} {describe(link)}: {last - first + 1} tokens"
            message = f"{kind} of {corpus.path} that no window holds whole: no model with this window can find them"
            tally.add("warning", f"parted-{kind}", message, said)
