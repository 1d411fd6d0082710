"""A budget that runs short: the run ends with the best answer it can still afford, and says so."""

import json

import pytest

from minions_core import Budget, Minion, MinionConfig, Minions, MinionsConfig
from minions_core.documents import Chunk, Document
from minions_core.effects import Ask, Gather, Manifest, PlanRun
from minions_core.errors import BudgetExceeded
from minions_core.ledger import price
from minions_core.messages import Reply, Usage, estimate_tokens
from minions_core.protocols import Memory, Task, minion, minions
from minions_core.testing import Play, ScriptedModel

TEXT = "\n\n".join(f"In {year} revenue was {year - 2000} million." for year in range(2001, 2041))
PLAN = (
    "```python\n"
    "def prepare_jobs(context):\n"
    "    chunks = chunk_by_paragraph(context[0], 100)\n"
    "    return [JobManifest(chunk=c, task='Revenue?') for c in chunks]\n"
    "```"
)
FEW = PLAN.replace("for c in chunks", "for c in search(chunks, 'revenue', 2)")
ANSWER = "<answer>It grew [1].</answer>"
ONE_JOB = PlanRun(manifests=(Manifest(chunk=Chunk("In 2001 revenue was 1 million."), task="?"),))
GIVEN = {"question": "Revenue?", "documents": (Document(TEXT),), "count": estimate_tokens}
A_TASK = Task(config=MinionConfig(), **GIVEN)
MINIONS_TASK = Task(config=MinionsConfig(), **GIVEN)


def reads(ask):
    excerpt = ask.messages[-1].content.split("<text>\n")[1].split("\n")[0]
    return json.dumps({"explanation": "", "citation": excerpt, "answer": excerpt.split()[-2]})


def remote(*lines):
    return ScriptedModel(lines, name="gpt-4o")


def ask(*lines, model=None, **settings):
    engine = Minions(
        ScriptedModel(reads), model or remote(*lines), config=MinionsConfig(**settings)
    )
    return engine.run("How did revenue grow?", TEXT)


def test_with_room_for_all_rounds_a_budget_changes_nothing():
    result = ask(PLAN, ANSWER, budget=Budget(remote_tokens=50_000))
    assert result.status == "answered"


def test_an_answer_is_asked_for_while_it_can_still_be_paid():
    model = remote(FEW, ANSWER)
    result = ask(model=model, budget=Budget(remote_tokens=4_000))
    assert (result.status, result.answer) == ("budget", "It grew [1].")
    assert "allows no further round" in model.asked[-1].messages[-1].content


def test_the_remote_model_knows_how_many_jobs_there_are_in_all():
    model = remote(FEW, ANSWER)
    ask(model=model, budget=Budget(jobs=5))
    assert "at most 5 jobs (5 in all)" in model.asked[0].messages[-1].content


def test_the_remote_model_knows_how_many_jobs_are_left():
    model = remote(FEW, ANSWER)
    ask(model=model, budget=Budget(jobs=5))
    assert "2 rounds, 3 jobs left" in model.asked[-1].messages[-1].content


def test_the_run_says_that_the_budget_cut_it_short():
    result = ask(FEW, ANSWER, budget=Budget(remote_tokens=4_000))
    assert "budget" in result.notes[-1]


@pytest.mark.parametrize("allowed", [2_000, 2_500, 3_000, 4_000, 6_000])
def test_no_run_spends_more_than_it_may(allowed):
    result = ask(*[PLAN] * 3, ANSWER, budget=Budget(remote_tokens=allowed))
    assert result.ledger.remote.usage.total_tokens <= allowed


def test_the_evidence_shrinks_to_what_leaves_room_for_an_answer():
    model = remote(PLAN, ANSWER)
    ask(model=model, budget=Budget(remote_tokens=1_900))
    assert "No room for" in model.asked[-1].messages[-1].content


def test_the_last_reply_is_limited_to_what_is_left():
    model = remote(FEW, ANSWER)
    ask(model=model, budget=Budget(remote_tokens=3_000))
    spent = estimate_tokens("".join(m.content for m in model.asked[-1].messages))
    assert 0 < model.asked[-1].max_output_tokens < 3_000 - spent


def test_money_is_kept_for_the_answer_likewise():
    allowed = float(price(Usage(input_tokens=3_200, output_tokens=400), "gpt-4o"))
    result = ask(FEW, ANSWER, budget=Budget(cost=allowed))
    assert (result.status, result.answer) == ("budget", "It grew [1].")
    assert float(result.ledger.cost) <= allowed


def test_a_budget_too_small_for_a_first_reply_makes_no_call():
    model = remote()
    result = ask(model=model, budget=Budget(remote_tokens=300))
    assert (result.status, model.asked) == ("budget", [])


def test_without_room_for_an_answer_the_evidence_stands_in():
    result = ask(FEW, budget=Budget(remote_tokens=1_100))
    assert (result.status, result.ledger.remote.calls) == ("budget", 1)
    assert result.answer.startswith("[1]")


def test_when_the_jobs_are_used_up_the_answer_is_asked_for():
    model = remote(FEW, ANSWER)
    result = ask(model=model, budget=Budget(jobs=2))
    assert (result.status, result.answer) == ("budget", "It grew [1].")


def test_jobs_used_up_in_the_last_round_cut_nothing_short():
    result = ask(FEW, ANSWER, max_rounds=1, budget=Budget(jobs=2))
    assert result.status == "answered"


def test_repairs_stop_where_they_would_eat_the_answer():
    model = remote(FEW, "neither", ANSWER)
    result = ask(model=model, budget=Budget(remote_tokens=5_400))
    assert (result.status, result.answer) == ("budget", "It grew [1].")


def test_minion_answers_while_it_can_still_be_paid():
    model = remote("<ask>Revenue in 2001?</ask>", "<answer>1 million [1]</answer>")
    local = ScriptedModel(lambda ask: "1 million\nQuote: In 2001 revenue was 1 million.")
    config = MinionConfig(budget=Budget(remote_tokens=1_900))
    result = Minion(local, model, config=config).run("Revenue in 2001?", TEXT)
    assert (result.status, result.answer) == ("budget", "1 million [1]")


def test_minion_out_of_time_for_the_local_model_answers_with_what_it_has():
    play = Play(minion(A_TASK, Memory())).answers("<ask>Revenue in 2001?</ask>")
    play.fails(BudgetExceeded("seconds", 9, 10))
    assert "allows no further question" in play.expects(Ask).messages[-1].content
    assert play.answers("<answer>unknown</answer>").result.status == "budget"


def test_minions_out_of_time_for_its_jobs_answers_with_what_it_has():
    play = Play(minions(MINIONS_TASK, Memory())).answers(PLAN).answers(ONE_JOB)
    (branch,) = play.expects(Gather).branches
    job = Play(branch).fails(BudgetExceeded("seconds", 9, 10))
    play.answers([job.result])
    assert "allows no further round" in play.expects(Ask).messages[-1].content
    assert play.answers("<answer>unknown</answer>").result.status == "budget"


def test_a_talkative_model_cannot_overrun_the_budget():
    def talks(ask):
        room = ask.max_output_tokens
        said = FEW if len(ask.messages) == 2 else f"{ANSWER} {'and so on ' * 20_000}"
        return Reply(text=said[: room * 3], finish_reason="length" if room else "stop")

    model = ScriptedModel(talks, name="gpt-4o")
    result = ask(model=model, budget=Budget(remote_tokens=9_000))
    assert result.ledger.remote.usage.total_tokens <= 9_000


def test_thoughts_are_not_paid_for_again_in_every_turn():
    model = remote(f"<think>{'hm ' * 500}</think>{FEW}", ANSWER)
    ask(model=model)
    assert "hm hm" not in str(model.asked[-1].messages)


def test_an_empty_reply_is_told_as_such_in_the_conversation():
    model = remote("", FEW, ANSWER)
    ask(model=model)
    assert model.asked[-1].messages[2].content == "(nothing)"


def test_a_generous_budget_limits_no_reply():
    model = remote(FEW, ANSWER)
    ask(model=model, budget=Budget(remote_tokens=1_000_000))
    assert [asked.max_output_tokens for asked in model.asked] == [None, None]
