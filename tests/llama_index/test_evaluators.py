"""LlamaIndex's evaluators on our responses: what they are shown is the evidence."""

import pytest
from llama_index.core.evaluation import (
    BatchEvalRunner,
    CorrectnessEvaluator,
    FaithfulnessEvaluator,
    RelevancyEvaluator,
)

from tests.llama_index.engines import engine
from tests.llama_index.scripted import ANSWER, OTHER, QUESTION, QUOTE, REPORT, ScriptedLLM


def judge():
    """Passes an answer if what it is shown has the sentence that proves it."""
    return ScriptedLLM(lambda messages: "YES" if QUOTE in messages[-1].content else "NO")


def grader():
    """Gives full marks to the answer of the reference."""
    return ScriptedLLM(
        lambda messages: "5.0\nRight." if messages[-1].content.count(ANSWER) > 1 else "1.0\nWrong."
    )


evaluators = pytest.mark.parametrize("evaluator", [FaithfulnessEvaluator, RelevancyEvaluator])


@evaluators
async def test_an_answer_is_judged_by_its_evidence(evaluator):
    response = await engine().aquery(QUESTION)
    verdict = await evaluator(llm=judge()).aevaluate_response(QUESTION, response)
    assert verdict.passing
    assert verdict.response == ANSWER


@evaluators
async def test_an_answer_is_judged_within_a_running_loop(evaluator):
    response = engine().query(QUESTION)
    assert evaluator(llm=judge()).evaluate_response(QUESTION, response).passing


@evaluators
async def test_the_contexts_are_the_texts_of_the_nodes_the_cited_one_first(evaluator):
    response = await engine().aquery(QUESTION)
    verdict = await evaluator(llm=judge()).aevaluate_response(QUESTION, response)
    assert [context.strip() for context in verdict.contexts] == [REPORT.strip(), OTHER.strip()]


@evaluators
async def test_a_streamed_answer_is_judged_once_it_is_whole(evaluator):
    streamed = await engine(streaming=True).aquery(QUESTION)
    response = await streamed.get_response()
    verdict = await evaluator(llm=judge()).aevaluate_response(QUESTION, response)
    assert (verdict.passing, verdict.contexts[0]) == (True, REPORT)


async def test_an_answer_is_compared_with_a_reference():
    response = await engine().aquery(QUESTION)
    evaluator = CorrectnessEvaluator(llm=grader())
    verdict = await evaluator.aevaluate_response(QUESTION, response, reference=ANSWER)
    assert (verdict.passing, verdict.score) == (True, 5.0)


def batch():
    return BatchEvalRunner(
        {
            "faithfulness": FaithfulnessEvaluator(llm=judge()),
            "relevancy": RelevancyEvaluator(llm=judge()),
        },
        workers=2,
    )


# The runner itself uses what LlamaIndex has deprecated.
batches = pytest.mark.filterwarnings("ignore:asyncio_module:DeprecationWarning")


@batches
async def test_a_batch_of_questions_is_asked_and_judged():
    verdicts = await batch().aevaluate_queries(engine(), queries=[QUESTION] * 3)
    assert {name: [one.passing for one in each] for name, each in verdicts.items()} == {
        "faithfulness": [True] * 3,
        "relevancy": [True] * 3,
    }


@batches
async def test_a_batch_of_responses_is_judged():
    responses = [await engine().aquery(QUESTION) for _ in range(2)]
    verdicts = await batch().aevaluate_responses(queries=[QUESTION] * 2, responses=responses)
    assert [verdict.passing for verdict in verdicts["faithfulness"]] == [True, True]
