"""What a run takes in, what it sends on, and whose error ends it."""

import asyncio
import contextvars
import json
from functools import partial
from pathlib import Path

import pytest
from pydantic import BaseModel

from minions_core import (
    Budget,
    BudgetExceeded,
    CallFinished,
    CallStarted,
    ContextWindowExceeded,
    Document,
    EvidenceGathered,
    JobFinished,
    JobStarted,
    Minion,
    MinionConfig,
    Minions,
    MinionsConfig,
    MinionsResult,
    Reply,
    RunFinished,
    RunStarted,
    TextDelta,
    UsageError,
)
from minions_core.door import as_documents, notes
from minions_core.drivers import Conditions
from minions_core.journal import Journal, Journaled
from minions_core.run import count_long
from minions_core.testing import ScriptedModel

TEXT = "Revenue was 7 million.\n\n" + "Nothing of note happened that day.\n\n" * 40
PLAN = (
    "```python\n"
    "def prepare_jobs(context, prev_job_manifests=None, prev_job_outputs=None):\n"
    "    chunks = chunk_by_section(context[0], 500)\n"
    "    return [JobManifest(chunk=c, task='Revenue?') for c in chunks]\n"
    "```"
)
ANSWER = "<answer>It was 7 million [1].</answer>"
FOUND = {"explanation": "", "citation": "Revenue was 7 million.", "answer": "7 million"}
NOTHING = '{"explanation": null, "citation": null, "answer": null}'
whose = contextvars.ContextVar("whose", default="nobody's")


def reads(ask):
    return json.dumps(FOUND) if "Revenue was" in ask.messages[-1].content else NOTHING


def minions(*lines, worker=reads, name="gpt-4o", **config):
    local = ScriptedModel(worker, name="llama3.2")
    remote = ScriptedModel(lines or (PLAN, ANSWER), name=name)
    return Minions(local, remote, config=MinionsConfig(**config))


def minion(*lines, window=None, **config):
    local = ScriptedModel(["7 million"] * 9, name="llama3.2", context_window=window)
    remote = ScriptedModel(lines or ("<ask>Revenue?</ask>", ANSWER), name="gpt-4o")
    return Minion(local, remote, config=MinionConfig(**config))


def blocking(engine, *args, **options):
    return engine.run(*args, **options)


def awaited(engine, *args, **options):
    with asyncio.Runner() as runner:
        return runner.run(engine.arun(*args, **options))


both = pytest.mark.parametrize("run", [blocking, awaited])


def raises_at(kind, error):
    def observe(event):
        if isinstance(event, kind):
            raise error

    return observe


class TestObservers:
    @both
    @pytest.mark.parametrize(
        "kind",
        [RunStarted, CallStarted, TextDelta, CallFinished, JobStarted, JobFinished, RunFinished],
    )
    def test_what_an_observer_raises_reaches_the_caller_unchanged(self, run, kind):
        error = ValueError("mine")
        with pytest.raises(ValueError, match="mine") as caught:
            run(minions(), "Revenue?", TEXT, on_event=raises_at(kind, error))
        assert caught.value is error

    @both
    def test_an_observer_that_raises_an_error_of_ours_ends_the_run_and_sinks_no_job(self, run):
        enough = BudgetExceeded("patience", 1, 1)
        with pytest.raises(BudgetExceeded, match="patience") as caught:
            run(minions(), "Revenue?", TEXT, on_event=raises_at(JobStarted, enough))
        assert caught.value.partial.ledger.remote.calls == 1


class TestContext:
    @pytest.mark.parametrize("context", [None, Path("report.txt"), 3, {"a": TEXT}, b"text"])
    def test_what_is_no_text_is_refused_with_advice(self, context):
        with pytest.raises(UsageError, match=rf"is a {type(context).__name__}: pass the text"):
            minions().run("Revenue?", context)

    def test_any_iterable_of_texts_is_taken(self):
        assert [document.text for document in as_documents(iter(["a", "b"]))] == ["a", "b"]

    @pytest.mark.parametrize("document", ["caf\udce9 au lait", Document("caf\udce9 au lait")])
    def test_a_lone_surrogate_is_replaced_so_that_spans_stay_true(self, document):
        assert as_documents(document)[0].text == "caf\ufffd au lait"

    def test_a_document_keeps_its_name_and_metadata(self):
        document = Document("text", "report.txt", {"page": 3}, first_page=2)
        assert as_documents([document]) == (document,)
        assert as_documents([document])[0].metadata == {"page": 3}

    @both
    def test_broken_text_everywhere_is_answered_and_goes_to_json(self, run):
        document = Document(f"\ud800 {TEXT}", "r\udce9port.txt")
        engine = minions(PLAN, "<answer>It was 7 million\udce9 [1].</answer>")
        result = run(engine, "Revenue\udce9?", document, doc_metadata="\udce9")
        assert result.citations[0].verified
        assert MinionsResult.from_json(result.to_json()) == result


class TestDoor:
    @pytest.mark.parametrize("rounds", [0, 2.5, "3"])
    def test_rounds_that_cannot_be_counted_are_refused(self, rounds):
        with pytest.raises(UsageError, match="whole number"):
            minions().run("Revenue?", TEXT, max_rounds=rounds)

    def test_no_word_about_the_documents_may_be_none(self):
        assert notes(None) == notes(" ") == ""

    def test_what_is_said_about_the_documents_is_text(self):
        with pytest.raises(UsageError, match="doc_metadata is a dict"):
            notes({"kind": "report"})

    @pytest.mark.parametrize("config", [MinionConfig(), {"max_rounds": 3}])
    def test_settings_of_another_kind_are_refused(self, config):
        with pytest.raises(UsageError, match="pass a MinionsConfig"):
            Minions(ScriptedModel([]), ScriptedModel([]), config=config)

    def test_a_schema_of_the_local_model_without_an_answer_is_refused(self):
        class Wrong(BaseModel):
            reply: str

        engine = minions()
        engine.local.structured_output_schema = Wrong
        with pytest.raises(UsageError, match="Wrong has no field `answer`"):
            engine.run("Revenue?", TEXT)

    def test_the_schema_of_a_journaled_local_model_is_taken_for_the_workers(self, tmp_path):
        class Mine(BaseModel):
            citation: str | None
            answer: str | None

        engine, journal = minions(max_reply_tokens=77), Journal(tmp_path / "run.jsonl")
        engine.local.structured_output_schema = Mine
        journaled = Journaled(engine.local, journal)
        Minions(journaled, engine.remote, config=engine.config).run("Revenue?", TEXT)
        asked = engine.local.asked[0]
        assert (asked.schema.name, asked.max_output_tokens) == ("Mine", 77)

    def test_a_stream_refuses_a_wrong_call_before_its_first_event(self):
        with pytest.raises(UsageError, match="task is empty"):
            minions().stream("", TEXT)

    def test_a_limit_on_a_cost_that_cannot_be_known_is_refused(self):
        engine = minions(name="mystery", budget=Budget(cost=1))
        with pytest.raises(UsageError, match="'mystery' is not known: set price_as"):
            engine.run("Revenue?", TEXT)
        assert engine.remote.asked == []

    def test_a_limit_on_cost_is_taken_with_a_price_of_another_model(self):
        engine = minions(name="mystery", budget=Budget(cost=1), price_as="gpt-4o")
        assert engine.run("Revenue?", TEXT).status == "answered"


class TestBudget:
    @both
    def test_a_run_ends_when_its_money_is_used_up(self, run):
        result = run(minions(budget=Budget(cost=0.003)), "Revenue?", TEXT)
        assert (result.status, result.ledger.remote.calls) == ("budget", 1)

    @both
    def test_money_is_counted_though_replies_bear_a_name_without_a_price(self, run):
        engine = minions(Reply(text=PLAN, model="deployment-7"), budget=Budget(cost=0.000001))
        assert run(engine, "Revenue?", TEXT).status == "budget"

    @both
    def test_time_that_runs_out_inside_the_jobs_ends_the_run_with_what_there_is(
        self, run, monkeypatch
    ):
        now = [0.0]

        def slowly(ask):
            now[0] += 10
            return reads(ask)

        clocked = partial(Conditions, clock=lambda: now[0])
        monkeypatch.setattr("minions_core.run.Conditions", clocked)
        engine = minions(worker=slowly, budget=Budget(seconds=15), local_concurrency=1)
        result = run(engine, "Revenue?", TEXT)
        assert (result.status, result.citations[0].answer) == ("budget", "7 million")
        assert len(engine.local.asked) == 2


class Roomy(ScriptedModel):
    room = 0

    def sized_for(self, tokens):
        self.room = tokens
        return self


class TestSettings:
    def test_a_resizable_local_model_of_minions_is_given_room_for_a_job(self):
        local = Roomy(reads)
        config = MinionsConfig(max_chunk_tokens=9000)
        Minions(local, ScriptedModel([PLAN, ANSWER]), config=config).run("Revenue?", TEXT)
        assert 9000 < local.room < 12_000

    def test_a_resizable_local_model_of_minion_is_given_room_for_the_documents(self):
        local = Roomy(["7 million"])
        remote = ScriptedModel(["<ask>Revenue?</ask>", ANSWER])
        Minion(local, remote).run("Revenue?", "word " * 20_000)
        assert local.room > 20_000

    def test_a_window_that_the_local_model_does_not_know_can_be_told(self):
        with pytest.raises(ContextWindowExceeded, match="holds 600"):
            minion(local_window=600).run("Revenue?", TEXT * 10)

    def test_a_window_that_is_told_goes_before_the_one_the_model_knows(self):
        engine = minion(window=600, local_window=100_000)
        assert engine.run("Revenue?", TEXT * 10).status == "answered"

    def test_the_time_of_a_plan_can_be_set(self):
        endless = "```python\ndef prepare_jobs(context):\n    while True: pass\n```"
        engine = minions(endless, ANSWER, plan_seconds=0.25)
        engine.run("Revenue?", TEXT)
        assert "0.25" in engine.remote.asked[1].messages[-1].content

    def test_the_memory_of_a_plan_can_be_set(self):
        greedy = "```python\ndef prepare_jobs(context):\n    x = 'x' * 200_000_000\n```"
        engine = minions(greedy, ANSWER, plan_memory_mb=40)
        engine.run("Revenue?", TEXT)
        assert "40" in engine.remote.asked[1].messages[-1].content

    def test_a_price_of_another_model_reaches_the_bill(self):
        assert minions(name="mystery").run("Revenue?", TEXT).ledger.cost is None
        assert minions(name="mystery", price_as="gpt-4o").run("Revenue?", TEXT).ledger.cost > 0

    @pytest.mark.parametrize("make", [minions, minion])
    def test_the_longest_reply_wanted_is_told_to_the_local_model(self, make):
        engine = make(max_reply_tokens=77)
        engine.run("Revenue?", TEXT)
        assert engine.local.asked[0].max_output_tokens == 77


class TestAccounts:
    def test_what_is_sent_again_in_every_turn_is_disclosed_once(self):
        engine = minions(PLAN, PLAN.replace("500", "300"), ANSWER)
        disclosure = engine.run("Revenue?", Document(TEXT, "report.txt")).disclosure
        assert [item.text for item in disclosure.items].count("report.txt") == 1
        assert [item.text for item in disclosure.items].count("Revenue was 7 million.") == 1

    @pytest.mark.parametrize("make", [minions, minion])
    def test_the_evidence_of_a_round_is_told_to_those_who_watch(self, make):
        events = list(make().stream("Revenue?", TEXT))
        [gathered] = [event for event in events if isinstance(event, EvidenceGathered)]
        assert gathered.round == 1
        assert gathered.report in events[-1].result.rounds[0].report

    def test_context_variables_reach_the_models_of_a_stream(self):
        heard = []

        def listens(ask):
            heard.append(whose.get())
            return reads(ask)

        whose.set("mine")
        list(minions(worker=listens).stream("Revenue?", TEXT))
        assert set(heard) == {"mine"}

    def test_a_long_text_is_counted_in_samples_to_within_a_few_per_cent(self):
        counted = []

        def count(text):
            counted.append(len(text))
            return text.count(" ")

        text = "".join("word " * 900 + "longer-word " * 100 for _ in range(300))
        assert count_long(text, count) == pytest.approx(text.count(" "), rel=0.03)
        assert sum(counted) < len(text) / 2
