"""`journal=PATH`: what was paid for is not paid for again."""

import asyncio
import json

import pytest

from minions_core import Budget, Journal, Minion, Minions, MinionsConfig
from minions_core.testing import ScriptedModel

TEXT = "\n\n".join(f"In {year} revenue was {year - 2000} million." for year in range(2001, 2041))
PLAN = '```json\n{"jobs": [{"task": "Revenue?", "chunker": "paragraph", "size": 100}]}\n```'
ANSWER = "<answer>It grew [1].</answer>"


def reads(ask):
    excerpt = ask.messages[-1].content.split("<text>\n")[1].split("\n")[0]
    return json.dumps({"explanation": "", "citation": excerpt, "answer": excerpt.split()[-2]})


def engine(path, **settings):
    local, remote = ScriptedModel(reads), ScriptedModel([PLAN, ANSWER], name="gpt-4o")
    return Minions(local, remote, config=MinionsConfig(**settings), journal=path)


def test_every_reply_is_kept(tmp_path):
    result = engine(tmp_path / "run").run("Revenue?", TEXT)
    kept = len(Journal(tmp_path / "run"))
    assert kept == result.ledger.local.calls + result.ledger.remote.calls


@pytest.mark.parametrize("budget", [Budget(), Budget(remote_tokens=2600), Budget(cost=0.0075)])
def test_a_run_repeated_asks_nobody_and_ends_the_same(tmp_path, budget):
    first = engine(tmp_path / "run", budget=budget).run("Revenue?", TEXT)
    again = engine(tmp_path / "run", budget=budget)
    second = again.run("Revenue?", TEXT)
    assert (again.local.asked, again.remote.asked) == ([], [])
    assert (second.answer, second.status, second.rounds) == (
        first.answer,
        first.status,
        first.rounds,
    )


def test_a_run_repeated_costs_nothing(tmp_path):
    engine(tmp_path / "run").run("Revenue?", TEXT)
    ledger = engine(tmp_path / "run").run("Revenue?", TEXT).ledger
    assert ledger.remote.usage.total_tokens == 0


def test_the_drivers_share_a_journal(tmp_path):
    first = engine(tmp_path / "run").run("Revenue?", TEXT)
    again = engine(tmp_path / "run")
    with asyncio.Runner() as runner:
        second = runner.run(again.arun("Revenue?", TEXT))
    assert (second.answer, again.remote.asked) == (first.answer, [])


def test_an_open_journal_will_do_too(tmp_path):
    journal = Journal(tmp_path / "run")
    engine(journal).run("Revenue?", TEXT)
    assert len(journal)


def test_minion_keeps_one_too(tmp_path):
    lines = ["<ask>Revenue?</ask>", "<answer>1 million</answer>"]
    local, remote = ScriptedModel(["1 million"]), ScriptedModel(lines)
    Minion(local, remote, journal=tmp_path / "run").run("Revenue?", TEXT)
    assert len(Journal(tmp_path / "run")) == 3


def test_without_a_journal_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    engine(None).run("Revenue?", TEXT)
    assert list(tmp_path.iterdir()) == []
