"""Workflows: a step awaits the engine."""

import asyncio

import pytest
from llama_index.core.schema import NodeWithScore
from llama_index.core.workflow import Context, Event, StartEvent, StopEvent, Workflow, step

from llama_index_minions import MinionsSynthesizer
from tests.llama_index.engines import engine, nodes
from tests.llama_index.scripted import ANSWER, QUESTION, supervisor, worker

# The workflows of the oldest core use what they have deprecated themselves.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


class Asked(Event):
    """A question for the engine."""

    question: str


class Answered(Event):
    """What the engine said to one."""

    text: str


class Piece(Event):
    """Some text of an answer."""

    text: str


class Found(Event):
    """Nodes to answer from."""

    nodes: list[NodeWithScore]


class OneStep(Workflow):
    @step
    async def ask(self, event: StartEvent) -> StopEvent:
        return StopEvent(result=await event.engine.aquery(event.question))


class ManyQuestions(Workflow):
    @step
    async def hand_out(self, context: Context, event: StartEvent) -> Asked | None:
        self.engine, self.count = event.engine, event.count
        for _ in range(event.count):
            context.send_event(Asked(question=QUESTION))

    @step(num_workers=3)
    async def ask(self, event: Asked) -> Answered:
        return Answered(text=str(await self.engine.aquery(event.question)))

    @step
    async def gather(self, context: Context, event: Answered) -> StopEvent | None:
        answers = context.collect_events(event, [Answered] * self.count)
        return StopEvent(result=[answer.text for answer in answers]) if answers else None


class Streaming(Workflow):
    @step
    async def ask(self, context: Context, event: StartEvent) -> StopEvent:
        response = await event.engine.aquery(event.question)
        async for piece in response.async_response_gen():
            context.write_event_to_stream(Piece(text=piece))
        return StopEvent(result=response.metadata["minions"]["status"])


class InTwoSteps(Workflow):
    @step
    async def find(self, event: StartEvent) -> Found:
        return Found(nodes=[NodeWithScore(node=node, score=1.0) for node in nodes()])

    @step
    async def answer(self, event: Found) -> StopEvent:
        synthesizer = MinionsSynthesizer(worker(), supervisor())
        return StopEvent(result=await synthesizer.asynthesize(QUESTION, event.nodes))


async def test_a_step_awaits_the_engine():
    response = await OneStep().run(engine=engine(), question=QUESTION)
    assert str(response) == ANSWER
    assert response.source_nodes[0].node_id == "report"


async def test_steps_ask_one_engine_at_once():
    answers = await ManyQuestions().run(engine=engine(), count=6)
    assert answers == [ANSWER] * 6


async def test_a_step_passes_the_stream_on():
    handler = Streaming().run(engine=engine(streaming=True), question=QUESTION)
    pieces = [event.text async for event in handler.stream_events() if isinstance(event, Piece)]
    assert await handler == "answered"
    assert len(pieces) > 1
    assert "".join(pieces) == ANSWER


async def test_a_step_gives_nodes_to_the_synthesizer():
    response = await InTwoSteps().run()
    assert str(response) == ANSWER
    assert response.source_nodes[0].node_id == "report"


async def test_two_workflows_share_an_engine():
    both = engine()
    runs = [OneStep().run(engine=both, question=QUESTION) for _ in range(2)]
    assert [str(response) for response in await asyncio.gather(*runs)] == [ANSWER, ANSWER]
