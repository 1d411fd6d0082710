"""Direct calls and last words are made as a run makes its calls: again, in turn, in its errors."""

import asyncio
import threading

import pytest
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from pydantic import PrivateAttr

from langchain_minions._chat.closing import bound
from langchain_minions.chat_model import ChatMinions
from minions_core import Budget, MinionsConfig
from minions_core.errors import BudgetExceeded, ModelError, ModelUnavailable, UsageError
from minions_core.redaction import PatternRedactor
from tests.langchain.chains import QUESTION
from tests.langchain.scripted import ScriptedChat
from tests.langchain.scripted_tools import (
    HELLO,
    CallingChat,
    asked_of,
    calling_models,
    chat,
    reading_chat,
    supervises,
)

EVERY_WAY = pytest.mark.parametrize("call", ["invoke", "ainvoke", "stream", "astream"])


@tool
def convert(amount: int) -> str:
    """Convert an amount of money to euros."""
    return f"{amount} euros"


class Refused(Exception):
    """What a provider raises."""

    def __init__(self, status, **headers):
        super().__init__(f"status {status}")
        self.status_code = status
        self.response = type("Response", (), {"headers": headers, "status_code": status})


async def answered(model, call, question=QUESTION):
    """The text of an answer, whichever way it is asked for."""
    if call == "invoke":
        return (await asyncio.to_thread(model.invoke, question)).text
    if call == "ainvoke":
        return (await model.ainvoke(question)).text
    if call == "stream":
        return "".join(piece.text for piece in model.stream(question))
    return "".join([piece.text async for piece in model.astream(question)])


class Failing:
    """A remote model's script whose calls beside a run fail at first."""

    def __init__(self, *errors):
        self.errors = [*errors]
        self.direct = 0

    def __call__(self, messages):
        said = supervises(messages)
        if said != HELLO:
            return said
        self.direct += 1
        if self.errors:
            raise self.errors.pop(0)
        return said


def over(script, **fields):
    return chat(remote=CallingChat(script=script, model="gpt-4o"), **fields)


def at_once(status):
    return Refused(status, **{"retry-after": "0"})


@EVERY_WAY
async def test_a_direct_call_is_made_again_after_a_failure_in_transport(call):
    assert await answered(over(Failing(at_once(429), at_once(503))), call) == HELLO


@EVERY_WAY
async def test_it_is_made_again_no_more_often_than_the_settings_say(call):
    script = Failing(*map(at_once, [500] * 9))
    with pytest.raises(ModelError, match="remote model gpt-4o: "):
        await answered(over(script, settings=MinionsConfig(max_retries=2)), call)
    assert script.direct == 3


@EVERY_WAY
async def test_a_refused_key_is_told_with_advice_and_its_cause(call):
    script = Failing(Refused(401))
    with pytest.raises(ModelUnavailable, match=r"remote model gpt-4o: .*check the API key") as told:
        await answered(over(script), call)
    assert isinstance(told.value.__cause__, Refused)
    assert script.direct == 1


@EVERY_WAY
async def test_a_last_word_that_fails_brings_along_what_was_read(call):
    model = over(Failing(Refused(401)), context=reading_chat().context).bind_tools([convert])
    with pytest.raises(ModelUnavailable) as told:
        await answered(model, call)
    assert told.value.partial.answer.startswith("It was $120 million")


@EVERY_WAY
async def test_a_last_word_is_made_again_without_reading_again(call):
    model = over(Failing(at_once(429)), context=reading_chat().context)
    await answered(model.bind_tools([convert]), call)
    assert len(model.local.asked) == 2


def test_a_last_word_that_cannot_be_sent_brings_along_what_was_read():
    def refuses(messages):
        said = supervises(messages)
        if said == HELLO:
            raise UsageError("no")
        return said

    with pytest.raises(UsageError) as told:
        over(refuses, context=reading_chat().context).bind_tools([convert]).invoke(QUESTION)
    assert told.value.partial.answer


@EVERY_WAY
async def test_after_a_run_that_spent_its_tokens_there_is_no_last_word(call):
    script = Failing()
    settings = MinionsConfig(budget=Budget(remote_tokens=1))
    model = over(script, context=reading_chat().context, settings=settings, max_rounds=None)
    with pytest.raises(BudgetExceeded, match="remote_tokens") as told:
        await answered(model.bind_tools([convert]), call)
    assert told.value.partial.status == "budget"
    assert script.direct == 0


def test_a_run_within_its_budget_has_a_last_word():
    settings = MinionsConfig(budget=Budget(remote_tokens=1_000_000, cost=100))
    model = reading_chat(settings=settings).bind_tools([convert])
    assert model.invoke(QUESTION).tool_calls


class Breaking(ScriptedChat):
    """A model whose stream breaks after its first piece."""

    def _stream(self, messages, *args, **kwargs):
        self._asked.append(messages)
        yield ChatGenerationChunk(message=AIMessageChunk("Good"))
        raise at_once(503)


@pytest.mark.parametrize("call", ["stream", "astream"])
async def test_a_stream_that_has_begun_is_not_begun_again(call):
    model = chat(remote=Breaking(script=supervises))
    with pytest.raises(ModelError, match="503"):
        await answered(model, call)
    assert len(model.remote.asked) == 1


class Crowd:
    """A script that keeps count of how many are in it together, of which all wait for the most."""

    def __init__(self):
        self.lock = threading.Lock()
        self.now = self.most = 0

    def __call__(self, messages):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        threading.Event().wait(0.01)
        with self.lock:
            self.now -= 1
        return asked_of(messages)


def crowded(most, **fields):
    settings = MinionsConfig(remote_concurrency=most)
    return chat(remote=ScriptedChat(script=Crowd()), settings=settings, **fields)


@pytest.mark.parametrize("most", [1, 2])
async def test_direct_calls_keep_to_the_limit(most):
    model = crowded(most)
    await model.abatch(["Hi"] * 6)
    assert model.remote.script.most <= most


@pytest.mark.parametrize("most", [1, 2])
def test_direct_calls_in_threads_keep_to_the_limit(most):
    model = crowded(most)
    model.batch(["Hi"] * 6)
    assert model.remote.script.most <= most


def test_a_stream_gives_its_place_back_when_it_is_closed():
    model = crowded(1)
    stream = model.stream("Good day to all of you")
    next(stream)
    permit = model.shared.permits_for(model.settings).for_thread("remote")
    assert not permit.acquire(blocking=False)
    stream.close()
    assert permit.acquire(blocking=False)


async def test_an_asynchronous_stream_gives_its_place_back_when_it_is_closed():
    model = crowded(1)
    stream = model.astream("Good day to all of you")
    await anext(stream)
    await stream.aclose()
    async with asyncio.timeout(5):
        assert (await model.ainvoke("Hi")).content == "Hi"


@EVERY_WAY
async def test_a_call_that_fails_gives_its_place_back(call):
    script = Failing(Refused(401))
    model = over(script, settings=MinionsConfig(remote_concurrency=1))
    with pytest.raises(ModelUnavailable):
        await answered(model, call)
    assert await asyncio.wait_for(answered(model, call), 5) == HELLO


async def test_a_call_that_is_cancelled_gives_its_place_back():
    begun, go_on = asyncio.Event(), asyncio.Event()

    class Waiting(ScriptedChat):
        async def _agenerate(self, *args, **kwargs):
            begun.set()
            await go_on.wait()
            return self._generate(*args, **kwargs)

    settings = MinionsConfig(remote_concurrency=1)
    model = chat(remote=Waiting(script=supervises), settings=settings)
    running = asyncio.create_task(model.ainvoke("Hi"))
    await begun.wait()
    running.cancel()
    await asyncio.wait([running])
    go_on.set()
    async with asyncio.timeout(5):
        assert (await model.ainvoke("Hi")).content == HELLO


def test_clients_of_a_framework_leave_trying_again_to_us():
    model = ChatOpenAI(model="gpt-4o", api_key="none", max_retries=5)
    once = bound(model, options={})
    assert (once.max_retries, once.root_client.max_retries) == (0, 0)
    assert (model.max_retries, model.root_client.max_retries) == (5, 5)


class Thoughtful(PatternRedactor):
    """A redactor that knows which threads it worked in."""

    def __init__(self):
        super().__init__()
        self.threads = set()

    def find(self, text):
        self.threads.add(threading.current_thread())
        return super().find(text)


class Watching(ChatMinions):
    """A chat model that knows which threads it looked at texts in."""

    _threads: set = PrivateAttr(default_factory=set)

    def _is_long(self, text):
        self._threads.add(threading.current_thread())
        return super()._is_long(text)


@pytest.mark.parametrize("call", ["ainvoke", "astream"])
async def test_texts_are_looked_at_beside_the_event_loop(call):
    redactor = Thoughtful()
    settings = MinionsConfig(redactor=redactor)
    model = Watching(**calling_models(), settings=settings)
    await answered(model, call)
    seen = model._threads | redactor.threads
    assert seen
    assert threading.current_thread() not in seen
