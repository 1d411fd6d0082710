"""The engines under LlamaIndex's other engines: routed to, asked in parts, asked again."""

import json

import pytest
from llama_index.core.evaluation import GuidelineEvaluator
from llama_index.core.indices.query.query_transform.base import (
    HyDEQueryTransform,
    StepDecomposeQueryTransform,
)
from llama_index.core.query_engine import (
    MultiStepQueryEngine,
    RetryQueryEngine,
    SubQuestionQueryEngine,
    TransformQueryEngine,
)
from llama_index.core.question_gen.types import BaseQuestionGenerator, SubQuestion
from llama_index.core.settings import Settings

from llama_index_minions import MinionsSynthesizer
from tests.llama_index.choices import MERGED, broken, saying, streaming, summarizer
from tests.llama_index.ends import OLD
from tests.llama_index.engines import engine, tool
from tests.llama_index.scripted import (
    ANSWER,
    QUESTION,
    ScriptedLLM,
    supervisor,
)

# Sub-questions


class Questions(BaseQuestionGenerator):
    """Asks each tool a question."""

    def generate(self, tools, query):
        return [SubQuestion(sub_question=QUESTION, tool_name=tool.name) for tool in tools]

    async def agenerate(self, tools, query):
        return self.generate(tools, query)

    def _get_prompts(self):
        return {}

    def _update_prompts(self, prompts):
        pass


def in_parts(*tools, use_async=False, synthesizer=None):
    return SubQuestionQueryEngine(
        Questions(),
        synthesizer or summarizer(),
        tools or [tool("report"), tool("annex")],
        use_async=use_async,
        verbose=False,
    )


both_ways = pytest.mark.parametrize("use_async", [False, True])


@both_ways
def test_sub_questions_are_answered(use_async):
    whole = in_parts(use_async=use_async)
    assert str(whole.query(QUESTION)) == MERGED
    ((_, messages, _),) = whole._response_synthesizer._llm.asked
    assert messages[-1].content.count(ANSWER) == 2


@both_ways
async def test_sub_questions_are_answered_within_a_running_loop(use_async):
    assert str(in_parts(use_async=use_async).query(QUESTION)) == MERGED


async def test_sub_questions_are_answered_asynchronously():
    assert str(await in_parts().aquery(QUESTION)) == MERGED


@both_ways
def test_sub_questions_bring_their_sources(use_async):
    response = in_parts(use_async=use_async).query(QUESTION)
    assert [node.node_id for node in response.source_nodes][2:] == ["report", "letter"] * 2


def test_sub_questions_share_an_engine():
    report = tool("report")
    assert str(in_parts(report, report).query(QUESTION)) == MERGED


def test_a_streaming_engine_answers_a_sub_question():
    whole = in_parts(tool("report", streaming=True))
    assert str(whole.query(QUESTION)) == MERGED
    assert ANSWER in whole._response_synthesizer._llm.asked[0][1][-1].content


async def test_a_streaming_engines_tool_answers_a_sub_question_asynchronously():
    whole = in_parts(engine(streaming=True).as_tool(name="report"))
    assert str(await whole.aquery(QUESTION)) == MERGED
    assert ANSWER in whole._response_synthesizer._llm.asked[0][1][-1].content


@pytest.mark.skipif(OLD, reason="the oldest core skips no sub-question but for a ValueError")
@both_ways
def test_a_sub_question_that_fails_is_skipped(use_async):
    whole = in_parts(tool("report"), broken("annex"), use_async=use_async)
    assert str(whole.query(QUESTION)) == MERGED
    assert whole._response_synthesizer._llm.asked[0][1][-1].content.count(ANSWER) == 1


def test_minions_puts_the_answers_to_sub_questions_together_and_cites_them():
    said = ANSWER.removesuffix(" [1]")
    found = {"explanation": "It says so.", "citation": said, "answer": "$1,749 million"}
    local = saying(json.dumps(found))
    response = in_parts(synthesizer=MinionsSynthesizer(local, supervisor())).query(QUESTION)
    (citation,) = response.metadata["minions"]["citations"]
    assert str(response) == ANSWER
    assert response.source_nodes[0].text[citation["start"] : citation["end"]] == said


# Once more


GOOD = {"passing": True, "feedback": "Good."}
BAD = {"passing": False, "feedback": "Tell the year."}


def retrying(*verdicts, **options):
    told = iter(verdicts)
    judge = ScriptedLLM(lambda _: json.dumps(next(told)))
    return RetryQueryEngine(engine(**options), GuidelineEvaluator(llm=judge), max_retries=2)


@streaming
def test_an_answer_that_passes_is_kept(streaming):
    response = retrying(GOOD, streaming=streaming).query(QUESTION)
    assert str(response) == ANSWER
    assert response.metadata["minions"]["status"] == "answered"


@streaming
def test_an_answer_that_does_not_pass_is_asked_for_again_with_the_feedback(streaming):
    Settings.llm = saying("never asked")
    remote = supervisor()
    response = retrying(BAD, GOOD, remote=remote, streaming=streaming).query(QUESTION)
    assert str(response) == ANSWER
    assert "Tell the year." in remote.asked[-1][1][1].content


async def test_an_answer_is_asked_for_again_within_a_running_loop():
    Settings.llm = saying("never asked")
    assert str(await retrying(BAD, GOOD).aquery(QUESTION)) == ANSWER


# Other questions


@streaming
def test_a_transformed_question_is_answered(streaming):
    hyde = HyDEQueryTransform(llm=saying("It was much."))
    response = TransformQueryEngine(engine(streaming=streaming), hyde).query(QUESTION)
    assert str(response) == ANSWER


async def test_a_transformed_question_is_answered_asynchronously():
    hyde = HyDEQueryTransform(llm=saying("It was much."))
    assert str(await TransformQueryEngine(engine(), hyde).aquery(QUESTION)) == ANSWER


def in_steps(**options):
    steps = iter([QUESTION, "none"])
    return MultiStepQueryEngine(
        engine(**options),
        StepDecomposeQueryTransform(llm=ScriptedLLM(lambda _: next(steps))),
        response_synthesizer=summarizer(),
    )


@streaming
def test_a_question_in_steps_is_answered(streaming):
    response = in_steps(streaming=streaming).query(QUESTION)
    ((question, answer),) = response.metadata["sub_qa"]
    assert (str(response), question, str(answer)) == (MERGED, QUESTION, ANSWER)
    assert response.source_nodes[1].node_id == "report"


async def test_a_question_in_steps_is_answered_within_a_running_loop():
    assert str(await in_steps().aquery(QUESTION)) == MERGED
