"""The events of one file: how much of what, in which roles, what they share, and what no grid tells apart."""

import warnings
from collections import Counter
from collections.abc import Sequence

from globalpointer.data.check.facts import EventFacts
from globalpointer.data.check.relations import characters
from globalpointer.data.check.report import Corpus, Tally
from globalpointer.data.readers.links import describe
from globalpointer.errors import LimitWarning
from globalpointer.tasks.event import EventTask
from globalpointer.text.schema import Schema
from globalpointer.text.spans import TRIGGER, Document, Event


def event_facts(corpus: Corpus, tally: Tally) -> EventFacts | None:
    """The numbers of one file, None where no event is annotated; what is odd is told as findings."""
    documents = [document for document in corpus.documents if document.events is not None]
    if not documents:
        return None
    events = [event for document in documents for event in document.events or ()]
    labels = Counter(event.label for event in events)
    roles: dict[str, Counter[str]] = {label: Counter() for label in sorted(labels)}
    for event in events:
        roles[event.label].update(argument.role for argument in event.arguments)
    shared = [_shared(document.events or ()) for document in documents]
    return EventFacts(
        documents=len(documents),
        events=len(events),
        arguments=sum(argument.role != TRIGGER for event in events for argument in event.arguments),
        labels=dict(sorted(labels.items())),
        roles={label: dict(counts.most_common()) for label, counts in roles.items()},
        without_trigger=_without_trigger(corpus, tally),
        several_triggers=sum(len(event.triggers) > 1 for event in events),
        shared_triggers=sum(triggers for triggers, _ in shared),
        shared_arguments=sum(arguments for _, arguments in shared),
        repeated_roles=sum(_repeats(event) for event in events),
        confused=sum(_confused(corpus, document, tally) for document in documents),
    )


def _shared(events: Sequence[Event]) -> tuple[int, int]:
    """Spans that are the trigger of several events, and spans that are an argument of several."""
    triggers = Counter(span for event in events for span in {each.span for each in event.triggers})
    arguments = Counter(
        span for event in events for span in {each.span for each in event.arguments if each.role != TRIGGER}
    )
    return sum(count > 1 for count in triggers.values()), sum(count > 1 for count in arguments.values())


def _repeats(event: Event) -> bool:
    roles = [argument.role for argument in event.arguments if argument.role != TRIGGER]
    return len(roles) > len(set(roles))


def _without_trigger(corpus: Corpus, tally: Tally) -> int:
    count = 0
    for document in corpus.documents:
        for event in document.events or ():
            if not event.triggers:
                said = f"{corpus.place(document)} {describe(event)}"
                tally.add("info", "no-trigger", f"events without a trigger in {corpus.path}", said)
                count += 1
    return count


def _confused(corpus: Corpus, document: Document, tally: Tally) -> int:
    """The events of a document that do not come back from their own cells."""
    given = set(document.events or ())
    if not given:
        return 0
    task, tokens = EventTask(Schema.of([document]), trigger=False), characters(document.text)
    cells = task.encode(Document(document.text, events=document.events), tokens).cells
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LimitWarning)  # what is beyond the limit does not come back, and is counted
        found = task.decode({name: dict.fromkeys(each, 1.0) for name, each in cells.items()}, document.text, tokens)
    lost = given.difference(found.events or ())
    for event in sorted(lost, key=describe):
        message = f"events of {corpus.path} that the links of GPLinker cannot tell from others of their label"
        tally.add("warning", "events-confused", message, f"{corpus.place(document)} {describe(event)}")
    return len(lost)
