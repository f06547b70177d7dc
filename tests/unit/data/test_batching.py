"""Documents become examples without silent losses, examples become batches, batches keep to their budget."""

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from globalpointer.data.batching import (
    Example,
    buckets,
    collate,
    encode_document,
    encode_documents,
    encode_texts,
)
from globalpointer.data.tokenizers import learn_tokenizer
from globalpointer.data.tokenizing import TextTokenizer, TruncationWarning
from globalpointer.errors import ConfigError, DataError
from globalpointer.grid import Cell, Grid
from globalpointer.tasks.mrc import MrcTask
from globalpointer.tasks.ner import NerTask
from globalpointer.text.schema import Schema
from globalpointer.text.spans import Answer, Document, Span
from globalpointer.text.windows import Window

SCHEMA = Schema(("LOC", "PER"))
TASK = NerTask(SCHEMA)


def tokenizer(*, special: bool = False, **options) -> TextTokenizer:
    backend = learn_tokenizer(["abcdefghij"], "character")
    if special:
        backend.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
        )
    return TextTokenizer(backend, **options)


def document(text: str, *entities: tuple[str, int, int]) -> Document:
    plain = Document(text)
    return Document(text, tuple(plain.entity(*each) for each in entities))


def test_an_example_counts_its_special_tokens() -> None:
    encoded = encode_document(document("abc", ("PER", 1, 3)), TASK, tokenizer(special=True))
    (example,) = encoded.examples
    assert example.tokens[0] == 2
    assert example.tokens[-1] == 3
    assert example.first == 1
    assert example.legal == (False, True, True, True, False)
    assert example.cells == {"entity": frozenset({Cell(1, 2, 3)})}
    assert not example.ignore
    assert not encoded.lost


def test_an_entity_cut_by_a_window_is_ignored_there_and_gold_elsewhere() -> None:
    encoded = encode_document(document("abcdefgh", ("PER", 3, 6)), TASK, tokenizer(special=True, window=5, overlap=3))
    assert encoded.windows == (Window(0, 5), Window(2, 7), Window(3, 8))
    first, second, third = encoded.examples
    assert first.cells == {"entity": frozenset()}
    assert first.ignore == {"entity": frozenset({Cell(1, 4, 5)})}
    assert second.cells == {"entity": frozenset({Cell(1, 2, 4)})}
    assert third.cells == {"entity": frozenset({Cell(1, 1, 3)})}
    assert not encoded.lost


def test_each_reason_of_a_loss_is_named_and_counted() -> None:
    words = TextTokenizer(learn_tokenizer(["anna lund oslo"], "wordpiece", min_frequency=1), window=4, overlap=1)
    task = NerTask(SCHEMA, max_width=3)
    text = "anna lund oslo anna lund oslo"
    gold = document(text, ("PER", 0, 3), ("LOC", 0, 19), ("LOC", 10, 19), ("PER", 10, 24), ("LOC", 15, 19))
    encoded = encode_document(gold, task, words)
    assert encoded.windows == (Window(0, 4), Window(2, 6))
    assert sorted(encoded.lost.values()) == ["alignment", "width"]
    narrow = TextTokenizer(words.tokenizer, window=2, overlap=0)
    encoded = encode_document(gold, task, narrow)
    # "oslo anna" lies across windows (0, 2) (2, 4) (4, 6) nowhere; "oslo anna lund" is three tokens wide.
    assert sorted(encoded.lost.values()) == ["alignment", "width", "window"]
    assert {entity.text for entity in encoded.lost} == {"ann", "anna lund oslo anna", "oslo anna lund"}


def test_warn_counts_what_stands_behind_the_first_window() -> None:
    gold = document("abcdef", ("PER", 0, 1), ("LOC", 5, 6))
    with pytest.warns(TruncationWarning):
        encoded = encode_document(gold, TASK, tokenizer(window=4, overlap=0, truncation="warn"))
    assert len(encoded.examples) == 1
    assert {entity.label: why for entity, why in encoded.lost.items()} == {"LOC": "window"}


def test_many_documents_are_encoded_as_single_ones_are() -> None:
    documents = [document("abc", ("PER", 0, 2)), document(""), document("abcdefghij", ("LOC", 8, 10), ("PER", 8, 10))]
    cut = tokenizer(window=4, overlap=2)
    assert encode_documents(documents, TASK, cut) == [encode_document(each, TASK, cut) for each in documents]


def test_a_text_without_tokens_gives_no_example() -> None:
    encoded = encode_document(document(""), TASK, tokenizer())
    assert encoded.examples == ()
    assert encoded.windows == ()


def test_prediction_has_no_cells() -> None:
    cut = tokenizer(special=True, window=4, overlap=2)
    encoded = encode_texts([document("abcdef")], cut)[0]
    assert [example.tokens[1:-1] for example in encoded.examples] == [
        cut.tokenize("abcd").ids,
        cut.tokenize("cdef").ids,
    ]
    batch = collate(encoded.examples, grids=TASK.grids, pad=0)
    assert batch.cells["entity"].shape == (0, 4)
    assert batch.cells["entity"].dtype == torch.int64
    assert batch.ignore is None


def test_a_token_without_characters_is_not_legal() -> None:
    backend = Tokenizer(models.Unigram([("<unk>", 0.0), ("▁", -1.0), ("京", -1.0)], 0))
    backend.pre_tokenizer = pre_tokenizers.Metaspace()
    invented = TextTokenizer(backend)
    encoded = encode_document(document("京京", ("LOC", 0, 2)), TASK, invented)
    assert encoded.examples[0].legal == (False, True, True)
    assert encoded.examples[0].cells == {"entity": frozenset({Cell(0, 1, 2)})}


def test_collate_pads_to_the_longest_example() -> None:
    short = Example((5, 6), (True, True), 0, {"entity": frozenset({Cell(1, 0, 1), Cell(0, 0, 0)})})
    long = Example(
        (2, 7, 3),
        (False, True, False),
        1,
        {"entity": frozenset({Cell(0, 1, 1)})},
        {"entity": frozenset({Cell(1, 1, 1)})},
    )
    batch = collate([short, long], grids=(Grid("entity", ("LOC", "PER")), Grid("other", ("X",))), pad=9)
    assert batch.tokens.tolist() == [[5, 6, 9], [2, 7, 3]]
    assert batch.attention.tolist() == [[True, True, False], [True, True, True]]
    assert batch.legal.tolist() == [[True, True, False], [False, True, False]]
    assert batch.cells["entity"].tolist() == [[0, 0, 0, 0], [0, 1, 0, 1], [1, 0, 1, 1]]
    assert batch.cells["other"].shape == (0, 4)
    assert batch.ignore is not None
    assert batch.ignore["entity"].tolist() == [[1, 1, 1, 1]]
    with pytest.raises(ConfigError, match="at least one example"):
        collate([], grids=TASK.grids, pad=0)


def test_scores_become_soft_labels_where_that_is_asked_for() -> None:
    text = Document("abcdefgh")
    entities = (
        text.entity("PER", 3, 6, score=0.25),
        text.entity("LOC", 0, 2, score=0.5),
        text.entity("LOC", 0, 1),
    )
    annotated = Document(text.text, entities)
    cut = tokenizer(special=True, window=5, overlap=3)
    (soft,) = encode_documents([annotated], TASK, cut, soft=True)
    first, second, third = soft.examples
    assert first.targets == {"entity": {Cell(0, 1, 2): 0.5, Cell(0, 1, 1): 1.0}}
    assert second.targets == {"entity": {Cell(1, 2, 4): 0.25}}
    assert third.targets == {"entity": {Cell(1, 1, 3): 0.25}}
    (hard,) = encode_documents([annotated], TASK, cut)
    assert [example.targets for example in hard.examples] == [None] * 3
    assert collate(hard.examples, grids=TASK.grids, pad=0).targets is None
    batch = collate([first, hard.examples[1], third], grids=TASK.grids, pad=0)
    assert batch.cells["entity"].tolist() == [[0, 0, 1, 1], [0, 0, 1, 2], [1, 1, 2, 4], [2, 1, 1, 3]]
    assert batch.targets is not None
    assert batch.targets["entity"].tolist() == [1.0, 0.5, 1.0, 0.25]


LENGTHS = [(index * 37) % 90 + 1 for index in range(500)]


@pytest.mark.parametrize("seed", [None, 0, 1])
def test_buckets_hold_everything_once_and_keep_the_budget(seed: int | None) -> None:
    batches = buckets(LENGTHS, tokens_per_batch=400, max_batch=20, seed=seed)
    assert sorted(index for batch in batches for index in batch) == list(range(500))
    assert all(len(batch) * max(LENGTHS[index] for index in batch) <= 400 for batch in batches)
    assert max(map(len, batches)) <= 20
    padded = sum(len(batch) * max(LENGTHS[index] for index in batch) for batch in batches)
    assert padded < 1.2 * sum(LENGTHS)


def test_buckets_without_a_seed_begin_with_the_longest() -> None:
    batches = buckets([3, 1, 2, 3], tokens_per_batch=6, max_batch=None, seed=None)
    assert batches == [[0, 3], [2, 1]]


def test_buckets_differ_by_seed_and_not_otherwise() -> None:
    def contents(seed: int) -> set[frozenset[int]]:
        return {frozenset(batch) for batch in buckets(LENGTHS, tokens_per_batch=400, seed=seed)}

    assert buckets(LENGTHS, tokens_per_batch=400, seed=3) == buckets(LENGTHS, tokens_per_batch=400, seed=3)
    assert len(contents(3) & contents(4)) < len(contents(3)) / 4
    same = [5] * 100
    assert buckets(same, tokens_per_batch=50, seed=3) != buckets(same, tokens_per_batch=50, seed=4)


def test_one_example_beyond_the_budget_is_a_batch_of_its_own() -> None:
    for seed in (None, 0):
        batches = buckets([2, 50, 2, 60], tokens_per_batch=10, seed=seed)
        assert sorted(map(sorted, batches)) == [[0, 2], [1], [3]]


def test_no_examples_no_batches_and_impossible_budgets_are_refused() -> None:
    assert buckets([], tokens_per_batch=10, seed=1) == []
    for options in ({"tokens_per_batch": 0}, {"tokens_per_batch": 5, "max_batch": 0}):
        with pytest.raises(ConfigError, match="at least 1"):
            buckets([1], **options)


def test_the_surface_of_a_lost_entity_is_the_gold_one() -> None:
    gold = document("anna", ("PER", 1, 2))
    words = TextTokenizer(learn_tokenizer(["anna"], "wordpiece", min_frequency=1))
    encoded = encode_document(gold, TASK, words)
    assert encoded.lost == {gold.entities[0]: "alignment"}
    assert [entity.text for entity in encoded.lost] == ["n"]


def asked(text: str, question: str | None, *spans: tuple[int, int]) -> Document:
    answers = tuple(Answer(Span(*span), text[slice(*span)]) for span in spans)
    return Document(text, question=question, answers=answers)


def test_a_question_stands_before_every_window_and_is_never_legal() -> None:
    cut = tokenizer(special=True, window=8, overlap=2)
    encoded = encode_document(asked("abcdefgh", "ij", (1, 3), (6, 8)), MrcTask(), cut)
    separator, question = cut.separator, cut.tokenize("ij").ids
    assert [len(window) for window in encoded.windows] == [5, 5]
    for example, window in zip(encoded.examples, encoded.windows, strict=True):
        text = cut.tokenize("abcdefgh").ids[window.start : window.end]
        assert example.tokens == (2, *question, *separator, *text, 3)
        assert example.first == 4
        assert example.legal == (*(False,) * 4, *(True,) * 5, False)
    first, second = encoded.examples
    assert first.cells == {"answer": {Cell(0, 5, 6)}}
    assert second.cells == {"answer": {Cell(0, 7, 8)}}
    assert not first.ignore["answer"]


@pytest.mark.parametrize(
    ("options", "spans", "lost", "doubtful"),
    [
        ({}, [(0, 3)], ["alignment"], [True, False]),
        ({"max_width": 1}, [(15, 24)], ["width"], [True, True]),
        ({}, [(0, 29)], ["window"], [True, True]),
        ({}, [(4, 5)], ["alignment"], [True, False]),  # a blank, which no token has
        ({}, [(29, 30)], ["alignment"], [False, True]),
        ({}, [(0, 3), (10, 14)], ["alignment"], [False, False]),  # both windows have another answer
        ({}, [], [], [False, False]),
    ],
)
def test_a_window_with_a_lost_answer_and_no_other_is_doubtful(options, spans, lost, doubtful) -> None:
    words = TextTokenizer(learn_tokenizer(["anna lund oslo"], "wordpiece", min_frequency=1), window=6, overlap=1)
    encoded = encode_document(asked("anna lund oslo anna lund oslo ", "oslo", *spans), MrcTask(**options), words)
    assert encoded.windows == (Window(0, 4), Window(2, 6))
    assert list(encoded.lost.values()) == lost
    assert [example.doubtful for example in encoded.examples] == doubtful


def test_an_entity_model_does_not_read_questions() -> None:
    plain = encode_document(document("abc", ("PER", 1, 3)), TASK, tokenizer())
    (entity,) = document("abc", ("PER", 1, 3)).entities
    assert encode_document(Document("abc", (entity,), question="ij"), TASK, tokenizer()) == plain


def test_a_missing_question_is_an_error_that_names_the_document() -> None:
    with pytest.raises(DataError, match="document 'q7' has no question"):
        encode_texts([Document("abc", id="q7")], tokenizer(), asks=True)


def test_sentences_are_counted_within_each_window() -> None:
    text = "ab。cd。efgh"
    backend = learn_tokenizer([text, "ij"], "character")
    cut = TextTokenizer(backend, window=9, overlap=2)
    first, second = encode_texts([Document(text, question="ij")], cut, asks=True)[0].examples
    assert first.sentences == (0, 0, 0, 0, 0, 0, 1, 1, 1)
    assert second.sentences == (0, 0, 0, 0, 0, 1, 1, 1, 1)
    batch = collate([first, second], grids=MrcTask().grids, pad=0)
    assert batch.sentences.tolist() == [list(first.sentences), list(second.sentences)]
    assert collate(encode_texts([Document("ab")], cut)[0].examples, grids=TASK.grids, pad=0).sentences is None
