"""What is lost is told by what it is: an entity, or a soft label that its teacher would not answer."""

from collections import Counter

import pytest

from globalpointer.text.spans import Document
from globalpointer.training.lost import FAINT, named, told


@pytest.mark.parametrize(
    ("score", "soft", "name"),
    [(None, True, "Entity"), (0.5, True, "Entity"), (0.4, True, FAINT), (0.4, False, "Entity")],
)
def test_a_low_soft_label_is_faint(score, soft, name):
    assert named(Document("Ann").entity("PER", 0, 3, score=score), soft=soft) == name


def test_each_kind_and_reason_has_a_line():
    lost = Counter({("Entity", "alignment"): 1, (FAINT, "window"): 2})
    assert told(lost) == [
        "2 training soft labels below 0.5 lost: no window holds all of it (a larger model.overlap would)",
        "1 training entity lost: a border lies within a token of the tokenizer",
    ]
