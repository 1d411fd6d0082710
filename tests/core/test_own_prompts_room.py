"""Own prompts that are longer than ours: windows and budgets have room for them all the same."""

import json
import re

import pytest

from minions_core import Budget, Document, Minion, MinionConfig, Minions, MinionsConfig
from minions_core.effects import Ask
from minions_core.errors import ContextWindowExceeded
from minions_core.messages import estimate_tokens
from minions_core.prompts import template
from minions_core.prompts.own import excess
from minions_core.protocols import Memory, Task, minions, remote_tokens_needed
from minions_core.protocols.minion import local_view, tokens_needed
from minions_core.protocols.work import max_chunk_tokens, max_job_tokens
from minions_core.testing import Play, ScriptedModel

LONG = "Mind every word of this. " * 200
LONG_TOKENS = estimate_tokens(LONG)
TEXT = "\n\n".join(f"In {year} revenue was {year - 1000} million." for year in range(1100, 2040))
DOCUMENT = Document(TEXT)
PLAN = (
    "```python\n"
    "def prepare_jobs(context):\n"
    "    chunks = chunk_by_paragraph(context[0], 100)[:80]\n"
    "    return [JobManifest(chunk=chunk, task='Revenue?') for chunk in chunks]\n"
    "```"
)


def longer(name, times_over=1):
    return {name: f"{template(name)}\n{LONG * times_over}"}


def a_task(config, **given):
    return Task(
        question="How did it grow?",
        documents=(DOCUMENT,),
        config=config,
        count=estimate_tokens,
        **given,
    )


def chunk_room(window=8000, **settings):
    return max_chunk_tokens(a_task(MinionsConfig(**settings), window=window))


def remote_room(config, **given):
    return remote_tokens_needed(a_task(config, **given))


def test_what_is_not_replaced_or_shorter_counts_nothing():
    assert excess({"minions_worker": "Read."}, "minions_worker", "minions_job") == 0


def test_a_longer_text_counts_by_what_it_is_longer():
    assert excess(longer("minions_worker"), "minions_worker") == pytest.approx(
        LONG_TOKENS * 1.2, rel=0.01
    )


@pytest.mark.parametrize("name", ["minions_worker", "minions_job"])
def test_a_longer_prompt_for_jobs_leaves_less_of_a_window_to_chunks(name):
    assert chunk_room(4000, prompts=longer(name)) <= chunk_room(4000) - LONG_TOKENS


@pytest.mark.parametrize("name", ["minions_worker", "minions_job"])
def test_a_local_model_is_given_a_window_for_a_longer_prompt(name):
    own = MinionsConfig(prompts=longer(name))
    assert max_job_tokens(own) >= max_job_tokens(MinionsConfig()) + LONG_TOKENS


def test_own_prompts_without_room_for_a_chunk_are_an_error_with_advice():
    with pytest.raises(ContextWindowExceeded, match="shorten your own prompts"):
        chunk_room(2500, prompts=longer("minions_worker"))


@pytest.mark.parametrize("prompts", [longer("minions_job"), {}])
def test_no_job_outgrows_the_window(prompts):
    local = ScriptedModel(lambda ask: "{}", context_window=3500)
    plan = (
        "```python\ndef prepare_jobs(context):\n    return [JobManifest(context[0], 'Grew?')]\n```"
    )
    remote = ScriptedModel([plan, "<answer>It did.</answer>"])
    config = MinionsConfig(prompts=prompts)
    Minions(local, remote, config=config).run("How did it grow?", TEXT)
    sent = [sum(estimate_tokens(said.content) for said in ask.messages) for ask in local.asked]
    assert max(sent) + config.max_reply_tokens <= 3500


@pytest.mark.parametrize(
    "prompts",
    [longer("minion_worker"), longer("minion_question")],
    ids=["text", "question"],
)
def test_minion_asks_for_a_window_that_holds_its_prompts(prompts):
    config = MinionConfig(prompts=prompts, max_rounds=2)
    needed = tokens_needed(a_task(config))
    local = ScriptedModel(lambda ask: "word " * config.max_reply_tokens)
    remote = ScriptedModel(["<ask>Revenue?</ask>", "<ask>And?</ask>", "<answer>It did.</answer>"])
    Minion(local, remote, config=config).run("How did it grow?", TEXT)
    sent = sum(estimate_tokens(said.content) for said in local.asked[-1].messages)
    assert sent + config.max_reply_tokens <= needed


def test_passages_for_a_small_window_leave_room_for_the_prompt():
    config = MinionConfig(prompts=longer("minion_worker"), overflow="search", max_rounds=1)
    task = a_task(config, window=5000)
    shown = task.render("minion_worker", context=local_view(task).text)
    assert estimate_tokens(shown) + config.max_reply_tokens <= 5000


def test_a_longer_prompt_for_the_local_model_takes_more_of_the_window():
    own = MinionConfig(prompts=longer("minion_worker"))
    assert tokens_needed(a_task(own)) >= tokens_needed(a_task(MinionConfig())) + LONG_TOKENS


@pytest.mark.parametrize("name", ["minions_system", "minions_plan_code", "open", "earlier"])
def test_a_remote_model_is_given_a_window_for_a_longer_opening(name):
    own = remote_room(MinionsConfig(prompts=longer(name)))
    assert own >= remote_room(MinionsConfig()) + LONG_TOKENS


def test_a_remote_model_is_given_a_window_for_longer_reports_of_all_rounds():
    own = remote_room(MinionsConfig(prompts=longer("minions_report"), max_rounds=3))
    assert own >= remote_room(MinionsConfig(max_rounds=3)) + 3 * LONG_TOKENS


def test_a_prompt_for_the_local_model_takes_nothing_of_the_remote_models_window():
    own = MinionsConfig(prompts=longer("minions_worker"))
    assert remote_room(own) == remote_room(MinionsConfig())


def reads(ask):
    excerpt = ask.messages[-1].content.split("<text>\n")[-1].split("\n")[0]
    return json.dumps({"explanation": "", "citation": excerpt, "answer": excerpt.split()[-2]})


def plan(ask):
    """A remote model that plans for as long as it may."""
    may_plan = re.search("Limits:|another plan", ask.messages[-1].content)
    return PLAN if may_plan else "<answer>It grew [1].</answer>"


@pytest.mark.parametrize("allowed", [14_000, 20_000, 30_000, 31_000, 32_000, 33_000, 34_000])
def test_a_budget_is_kept_and_has_an_answer_in_it(allowed):
    budget = Budget(remote_tokens=allowed)
    config = MinionsConfig(budget=budget, prompts=longer("minions_report", 8), max_rounds=9)
    engine = Minions(ScriptedModel(reads), ScriptedModel(plan, name="gpt-4o"), config=config)
    result = engine.run("How did it grow?", TEXT)
    assert result.answer == "It grew [1]."
    assert result.ledger.remote.usage.total_tokens <= allowed


@pytest.mark.parametrize("allowed", [12_250, 12_500, 12_750])
def test_evidence_is_cut_to_what_a_budget_has_beside_an_own_report(allowed):
    own = longer("minions_report", 8)
    remote = ScriptedModel([PLAN, "<answer>It grew [1].</answer>"], name="gpt-4o")
    config = MinionsConfig(budget=Budget(remote_tokens=allowed), prompts=own)
    result = Minions(ScriptedModel(reads), remote, config=config).run("How did it grow?", TEXT)
    assert result.answer == "It grew [1]."
    assert result.ledger.remote.usage.total_tokens <= allowed


def chat(ask):
    """A remote model that asks for as long as it may."""
    may_ask = "you may ask" in ask.messages[-1].content
    return "<ask>Revenue?</ask>" if may_ask else "<answer>It grew [1].</answer>"


@pytest.mark.parametrize("allowed", [3000, 4000, 6000, 8000])
def test_minion_keeps_a_budget_that_has_an_answer_in_it(allowed):
    said = "1,000 million\nQuote: In 2000 revenue was 1000 million."
    budget = Budget(remote_tokens=allowed)
    config = MinionConfig(budget=budget, prompts=longer("minion_reply"), max_rounds=9)
    engine = Minion(ScriptedModel(lambda ask: said), ScriptedModel(chat), config=config)
    result = engine.run("Grew?", TEXT)
    assert result.answer == "It grew [1]."
    assert result.ledger.remote.usage.total_tokens <= allowed


def test_limits_told_to_the_remote_model_are_those_of_the_longer_prompt():
    config = MinionsConfig(prompts=longer("minions_job"))
    task = a_task(config, window=4000)
    opening = Play(minions(task, Memory())).expects(Ask).messages[-1].content
    assert f"{max_chunk_tokens(task) * 3} characters per chunk" in opening
