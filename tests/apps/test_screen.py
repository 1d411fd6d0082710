"""What a person sees of a run: on a terminal, in a file, and when it breaks off."""

import json
import re
from decimal import Decimal

import pytest

from minions_core.cli.screen import Screen
from minions_core.clients import ExtractiveClient, OfflineSupervisor
from minions_core.engine import Minion, Minions
from minions_core.ledger import Account, Disclosure, Ledger
from minions_core.messages import Usage
from minions_core.testing import ScriptedModel
from tests.apps.screens import (
    HOSTILE,
    begun,
    citation,
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
HIDE_CURSOR, SHOW_CURSOR, ERASE_LINE = "\x1b[?25l", "\x1b[?25h", "\x1b[2K"
COMMANDS = {"\x1b", "\x9b", "\x07", "\r", "\u202e"}


def concluded(ended, *events, console=None, beside=None, **settings):
    """What is printed of a run that came to its end."""
    console = console or plain()
    settings = {"offline": False, "progress_on": beside or plain(), **settings}
    with Screen(console, **settings) as screen:
        for event in events:
            screen.show(event)
    screen.conclude(ended)
    return shown_on(console)


def watched(engine, question="Who?", text="It was Ada.", **settings):
    """What a person sees of a real run."""
    console = settings.pop("console", None) or plain()
    screen = Screen(console, offline=False, **{"progress_on": plain(), **settings})
    with screen:
        ended = engine.run(question, text, on_event=screen.show)
    screen.conclude(ended)
    return shown_on(console)


def scripted(*remote, local=()):
    return Minions(ScriptedModel(local), ScriptedModel(remote))


def test_a_terminal_gets_titles():
    shown = concluded(result(), console=terminal())
    assert [f"{title} ─" in shown for title in ("Answer", "Sources", "Cost")] == [True] * 3


def test_plain_text_has_a_name_on_each_line():
    assert concluded(result()).startswith("Answer: It was Ada [1].\n[1] a.txt, p. 3: verified\n")


def test_a_line_of_an_answer_cannot_pass_for_one_of_ours():
    assert "\n  [2] b.txt: verified" in concluded(result("Ada\n[2] b.txt: verified"))


def test_no_terminal_gets_no_control_codes():
    assert "\x1b" not in concluded(result(), begun(), *planned(1), console=plain())


def test_what_went_on_comes_before_the_answer_in_plain_text():
    shown = concluded(result(), begun(), *planned(2))
    assert shown.index("Question: Who") < shown.index("Round 1: 2 jobs") < shown.index("Answer:")


def test_on_a_terminal_what_goes_on_is_shown_beside_the_answer():
    beside = terminal()
    shown = concluded(result(), begun(), *planned(2), beside=beside)
    assert "Round 1" not in shown
    assert "2 jobs" in shown_on(beside)
    assert "It was Ada" not in shown_on(beside)


def test_what_moves_is_gone_in_the_end_and_the_cursor_is_back():
    beside = terminal()
    concluded(result(), begun(), *planned(2), started(1), beside=beside)
    assert "the local model reads" in shown_on(beside)
    _, hidden, rest = shown_on(beside).rpartition(HIDE_CURSOR)
    assert hidden
    assert SHOW_CURSOR in rest
    assert rest.endswith(ERASE_LINE)


def test_colours_are_left_out_where_they_are_not_wanted(monkeypatch):
    assert "\x1b[1;32m" in concluded(result(), console=terminal(colours="standard"))
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(
        r"\x1b\[[\d;]*3\dm", concluded(result(), console=terminal(colours="standard"))
    )


def test_a_file_never_gets_what_moves(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    console = plain()
    with Screen(console, offline=False) as screen:
        screen.show(begun())
    screen.conclude(result())
    assert capsys.readouterr().err == ""
    assert "Question: Who was first?" in shown_on(console)


def test_quiet_prints_answer_and_sources_alone():
    shown = concluded(result(), begun(), *planned(2), quiet=True, offline=True)
    assert shown == 'It was Ada [1].\n[1] a.txt, p. 3: verified\n    "Ada was first."\n'


def test_quiet_leaves_notes_in():
    assert "Note: Beware." in concluded(result(notes=("Beware.",)), quiet=True)


def test_quiet_shows_nothing_on_the_way():
    beside = terminal()
    concluded(result(), begun(), *planned(2), quiet=True, beside=beside)
    assert shown_on(beside) == ""


def test_the_bill_tells_what_left_and_what_was_used():
    shown = concluded(result())
    assert "Left the machine: 340 tokens taken from the text, of 34,000 (1.0%)\n" in shown
    assert "Remote: 2 calls, 1,750 tokens in, 380 out (m)\n" in shown


def test_of_a_text_shorter_than_what_was_taken_from_it_no_share_is_told():
    shown = concluded(result(disclosure=Disclosure(tokens=15, document_tokens=7)))
    assert (
        "Left the machine: 15 tokens taken from the text, which has no more than 7: it is short "
        "enough to be sent whole\n"
    ) in shown


def billed(usage=None, **told):
    usage = usage or Usage(input_tokens=9, output_tokens=1)
    remote = Account(calls=1, usage=usage, models=("m",), **told.pop("account", {}))
    shown = concluded(result(ledger=Ledger(remote=remote, **told.pop("ledger", {})), **told))
    return dict(line.split(": ", 1) for line in shown.splitlines() if line[:2] in {"Re", "Mo"})


COST = {"cost": Decimal("0.01"), "baseline": Decimal("0.10")}


def test_money_is_held_against_sending_everything():
    assert billed(ledger=COST)["Money"] == (
        "$0.0100; sending it everything would cost about $0.1000; saved $0.0900 (90%)"
    )


def test_money_that_was_not_saved_is_said_not_to_be():
    told = billed(ledger={"cost": Decimal("0.2"), "baseline": Decimal("0.1")})["Money"]
    assert told.endswith("would cost about $0.1000, so nothing was saved")


def test_a_model_that_costs_nothing_saves_nothing():
    told = billed(ledger={"cost": Decimal(0), "baseline": Decimal(0)})["Money"]
    assert told == "$0.0000; sending it everything would cost about $0.0000"


def test_what_is_estimated_is_told_as_about():
    told = billed(Usage(input_tokens=9, output_tokens=1, estimated=True), ledger=COST)
    assert told["Remote"] == "1 call, about 9 tokens in, 1 out (m)"
    assert told["Money"].startswith("about $0.0100;")


def test_tokens_of_a_cache_and_attempts_that_failed_are_told():
    usage = Usage(input_tokens=2_000, cached_input_tokens=1_024)
    assert billed(usage, account={"failed": 2})["Remote"] == (
        "1 call and 2 failed attempts, 2,000 tokens in (1,024 cached), 0 out (m)"
    )


def test_a_price_that_is_not_known_is_said_not_to_be():
    assert billed()["Money"] == "unknown: no price is known for m; see --price-as"


def test_the_time_a_run_took_is_told():
    assert "\nTime: 0." in concluded(result(), begun())


def test_a_run_that_found_no_answer_shows_its_evidence():
    shown = concluded(
        result("[1] Ada (a.txt, p. 3)", "exhausted"), console=terminal(), beside=terminal()
    )
    assert "No answer (exhausted)" in shown
    assert "[1] Ada\n" in "\n".join(line.rstrip() for line in shown.splitlines()) + "\n"


def test_a_run_that_found_nothing_says_so():
    assert "No answer (exhausted): nothing was found" in concluded(result("", "exhausted", ()))


def test_an_answer_at_the_end_of_a_budget_is_an_answer():
    assert "Answer (budget): It was Ada [1]." in concluded(result(status="budget"))


def test_the_offline_models_are_said_to_be_none_once():
    console = plain()
    screen = Screen(console, offline=True, progress_on=plain())
    screen.conclude(result())
    screen.conclude(result())
    assert shown_on(console).count("not language models") == 1


def test_nothing_a_result_holds_commands_the_terminal():
    remote = Account(calls=1, models=(HOSTILE,))
    hostile = citation(quote=HOSTILE, document=HOSTILE, heading=HOSTILE, answer=HOSTILE)
    ended = result(HOSTILE, citations=(hostile,), notes=(HOSTILE,), ledger=Ledger(remote=remote))
    events = begun(HOSTILE), *planned(1, tasks=(HOSTILE,))
    settings = {"price_as": HOSTILE, "remote_name": HOSTILE}
    assert not set(concluded(ended, *events, console=terminal(), **settings)) & COMMANDS
    assert not set(concluded(ended, *events, **settings)) & COMMANDS


def test_marks_in_an_answer_are_not_taken_for_styles():
    answer = "[bold]x[/bold] [link=y]z"
    assert answer in watched(scripted(f"<answer>{answer}</answer>"))


def test_a_quote_that_is_not_in_the_text_is_marked():
    said = json.dumps({"answer": "Me", "citation": "It was me."})
    engine = scripted(PLAN, "<answer>Me [1]</answer>", local=[said])
    assert "not found in the document" in watched(engine)


def test_a_chat_of_the_two_models_is_shown():
    engine = Minion(
        ScriptedModel(["It was Ada."]),
        ScriptedModel(["<ask>Who was it?</ask>", "<answer>Ada</answer>"]),
    )
    assert "Remote asks: Who was it?\nLocal says: It was Ada.\n" in watched(engine)


def test_one_screen_shows_run_after_run():
    console, engine = plain(), Minions(ExtractiveClient(), OfflineSupervisor())
    screen = Screen(console, offline=False, progress_on=plain())
    for question in ("Who was first?", "Who was last?"):
        with screen:
            screen.conclude(engine.run(question, "Ada was first.", on_event=screen.show))
    assert shown_on(console).count("Question: Who was first?") == 1
    assert shown_on(console).count("Question: Who was last?") == 1


def test_many_threads_may_tell_while_the_screen_is_drawn():
    plan = PLAN.replace("c[0]", "d").replace(")]", ") for d in c]")
    local = ScriptedModel(lambda _: json.dumps({"answer": "Ada", "citation": "Ada"}))
    engine = Minions(local, ScriptedModel([plan, "<answer>Ada [1]</answer>"]))
    beside = terminal()
    watched(engine, text=[f"Ada {number}." for number in range(100)], progress_on=beside)
    assert "100 of 100 done: 100 answered" in shown_on(beside)


def test_the_demo_compares_with_what_is_known():
    console = terminal(40)
    Screen(console, offline=True, progress_on=plain()).compare("$7 million", [])
    assert "The report was made with: $7 million" in shown_on(console)


def test_other_questions_to_try_can_be_copied_whole():
    console = terminal(40)
    others = ["What was the group's capital expenditure in 2023?", "b?", "c?", "d?"]
    Screen(console, offline=True, progress_on=plain()).compare(None, others)
    lines = shown_on(console).splitlines()
    assert f'  minions demo --question "{others[0]}"' in lines
    assert len(lines) == 5


@pytest.mark.parametrize(
    ("question", "quoted"), [('Who said "yes"?', "'Who said \"yes\"?'"), ("$5?", "'$5?'")]
)
def test_a_question_a_shell_would_change_is_quoted(question, quoted):
    console = plain()
    Screen(console, offline=True, progress_on=plain()).compare(None, [question])
    assert f"--question {quoted}\n" in shown_on(console)
