"""What is printed of a run that broke off: by Ctrl-C, or by an error."""

from decimal import Decimal

import pytest

from minions_core.cli.screen import Screen
from minions_core.engine import Minions
from minions_core.errors import ModelError
from minions_core.events import TextDelta
from minions_core.ledger import Account, Ledger
from minions_core.result import RoundRecord
from minions_core.testing import ScriptedModel
from tests.apps.screens import (
    begun,
    finished,
    plain,
    planned,
    result,
    shown_on,
    started,
    terminal,
)

PLAN = (
    '```python\ndef prepare_jobs(c, m, o):\n    return [JobManifest(chunk=c[0], task="Who?")]\n```'
)
FOUND = '{"answer": "Ada", "citation": "It was Ada."}'


def stopped(partial, *events, console=None, **settings):
    """What is printed of a run after some events."""
    console = console or plain()
    screen = Screen(console, offline=False, **{"progress_on": plain(), **settings})
    with screen:
        for event in events:
            screen.show(event)
    screen.stopped(partial)
    return shown_on(console)


def broken_off(**told):
    return result("[1] Ada (a.txt, p. 3)", "failed", **told)


def test_what_was_found_is_shown_with_its_check():
    shown = stopped(broken_off())
    assert shown.startswith(
        'Stopped: what is known so far\n[1] Ada\n    a.txt, p. 3: verified\n    "Ada was first."\n'
    )


def test_a_terminal_gets_a_title():
    assert "Stopped: what is known so far ─" in stopped(broken_off(), console=terminal())


def test_what_was_spent_is_told_without_a_comparison():
    ledger = Ledger(remote=Account(calls=1), cost=Decimal("0.01"), baseline=Decimal("0.1"))
    assert "Money: $0.0100\n" in stopped(broken_off(ledger=ledger))


def test_jobs_done_in_the_round_that_was_going_on_are_told():
    jobs = started(1), started(2), finished(1), finished(2, "abstained", answer=None)
    shown = stopped(broken_off(citations=()), begun(), *planned(9), *jobs)
    assert "Round 1: 2 of 9 done: 1 answered, 1 abstained\n  Unchecked: Ada (a.txt)\n" in shown


def test_the_same_answer_of_many_jobs_is_told_once():
    jobs = started(1), finished(1), started(2), finished(2)
    assert stopped(broken_off(), *planned(9), *jobs).count("Unchecked") == 1


def test_of_very_many_answers_the_rest_is_counted():
    jobs = [(started(n), finished(n, answer=f"Ada {n:02}")) for n in range(13)]
    shown = stopped(broken_off(), *planned(99), *[event for job in jobs for event in job])
    assert "Ada 09 (a.txt)\n  Unchecked: ... and 3 more\n" in shown


def test_a_round_that_was_reported_is_not_told_again():
    record = RoundRecord(number=1, plan="", report="")
    shown = stopped(broken_off(rounds=(record,)), *planned(1), started(1), finished(1))
    assert "Unchecked" not in shown


def test_an_answer_that_was_arriving_is_kept():
    shown = stopped(broken_off(citations=()), begun(), TextDelta(text="It was A"))
    assert "Answer so far: It was A\n" in shown


def test_what_went_on_before_is_told_in_plain_text():
    shown = stopped(broken_off(), begun())
    assert shown.index("Question: Who") < shown.index("Stopped")


@pytest.mark.parametrize("partial", [None, result(ledger=Ledger(), citations=())])
def test_where_no_model_was_called_there_is_nothing_to_tell(partial):
    assert stopped(partial, begun()) == ""


def test_where_nothing_was_found_yet_that_is_said():
    shown = stopped(broken_off(citations=()), begun())
    assert "Stopped: what is known so far\nNothing was found yet.\n" in shown


def test_notes_are_told():
    assert "Note: Beware.\n" in stopped(broken_off(notes=("Beware.",)))


def test_quiet_leaves_out_the_bill():
    shown = stopped(broken_off(), begun(), quiet=True)
    assert "[1] Ada" in shown
    assert "Remote" not in shown


@pytest.mark.parametrize("broken", [ModelError("gone"), KeyboardInterrupt()])
def test_what_a_run_that_broke_off_knows_is_shown(broken):
    def reply(ask):
        if ask.label == "plan_2":
            raise broken
        return PLAN

    console = plain()
    engine = Minions(ScriptedModel([FOUND]), ScriptedModel(reply))
    screen = Screen(console, offline=False, progress_on=terminal())
    with pytest.raises(type(broken)) as ended, screen:
        engine.run("Who?", "It was Ada.", on_event=screen.show)
    screen.stopped(ended.value.partial)
    assert "[1] Ada\n" in shown_on(console)
