"""Streams that begin anew: after an attempt that broke off, or with another call."""

import pytest

from minions_core.effects import Ask
from minions_core.errors import ModelError
from minions_core.events import CallRetried, TextDelta
from minions_core.journal import Journal, Journaled
from minions_core.ledger import Account
from minions_core.messages import Reply, Usage
from minions_core.models import BlockingModel
from tests.drivers.driving import HELLO, ask, conditions, drivers

PAID = Usage(input_tokens=5, output_tokens=2)


class BreaksOff(BlockingModel):
    """A model whose replies break off after some pieces, but for the last."""

    name, context_window = "breaks-off", None

    def __init__(self, *replies):
        self._replies = [list(reply) for reply in replies]

    def reply(self, ask, on_text=None):
        pieces = self._replies.pop(0)
        for piece in pieces:
            on_text(piece)
        if self._replies:
            raise ModelError("broke off", retryable=True, retry_after=0)
        return Reply(text="".join(pieces), usage=PAID)


def streaming(*replies, retries=3):
    made, events = conditions(local=BreaksOff(*replies))
    made.retries = retries
    return made, events


def shown(events):
    return [event for event in events if isinstance(event, TextDelta)]


def calls(*labels):
    for label in labels:
        yield from Ask("local", HELLO, label, stream=lambda: str)


@drivers
def test_a_stream_that_broke_off_is_sent_again_and_begins_anew(drive):
    made, events = streaming(["half ", "an ans"], ["4", "2"])
    assert drive(ask("x", stream=lambda: str), made) == "42"
    assert shown(events) == [
        TextDelta(text="half "),
        TextDelta(text="an ans"),
        TextDelta(text="4", anew=True),
        TextDelta(text="2"),
    ]


@drivers
def test_the_break_is_told_between_the_two_beginnings(drive):
    made, events = streaming(["half"], ["42"])
    drive(ask("x", stream=lambda: str), made)
    kinds = [type(event) for event in events if isinstance(event, TextDelta | CallRetried)]
    assert kinds == [TextDelta, CallRetried, TextDelta]


@drivers
def test_a_stream_is_sent_again_only_so_often(drive):
    made, _ = streaming(["a"], ["b"], ["c"], retries=1)
    with pytest.raises(ModelError, match="broke off"):
        drive(ask("x", stream=lambda: str), made)
    assert made.meter.ledger().local == Account(failed=2)


@drivers
def test_text_after_an_attempt_that_showed_none_does_not_begin_anew(drive):
    made, events = streaming([], ["42"])
    drive(ask("x", stream=lambda: str), made)
    assert shown(events) == [TextDelta(text="42")]


@drivers
def test_what_a_reader_may_not_see_is_no_beginning(drive):
    made, events = streaming(["hidden"], ["42"])
    drive(ask("x", stream=lambda: lambda piece: piece.removeprefix("hidden")), made)
    assert shown(events) == [TextDelta(text="42")]


@drivers
def test_the_text_of_another_call_begins_anew(drive):
    made, events = conditions()
    drive(calls("one", "two"), made)
    assert shown(events) == [TextDelta(text="one"), TextDelta(text="two", anew=True)]


@drivers
def test_every_attempt_has_a_filter_of_its_own(drive):
    def first_piece_only():
        shows = iter([True])
        return lambda piece: piece * next(shows, False)

    made, events = streaming(["half", "an ans"], ["4", "2"])
    drive(ask("x", stream=first_piece_only), made)
    assert [event.text for event in shown(events)] == ["half", "4"]


@drivers
def test_an_attempt_that_broke_off_is_counted_beside_the_one_that_is_paid(drive):
    made, _ = streaming(["half an ans"], ["42"])
    drive(ask("x", stream=lambda: str), made)
    account = Account(calls=1, failed=1, usage=PAID, models=("breaks-off",))
    assert made.meter.ledger().local == account


@drivers
def test_a_journal_keeps_only_the_whole_reply(drive, tmp_path):
    journal = Journal(tmp_path / "journal.sqlite")
    made, _ = conditions(local=Journaled(BreaksOff(["half"], ["42"]), journal))
    made.retries = 1
    drive(ask("x", stream=lambda: str), made)
    again, events = conditions(local=Journaled(BreaksOff(), journal))
    assert drive(ask("x", stream=lambda: str), again) == "42"
    assert shown(events) == [TextDelta(text="42")]
