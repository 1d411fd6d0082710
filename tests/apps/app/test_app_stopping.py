"""A model that can be stopped: it ends at once, and is otherwise the model within."""

import asyncio

import pytest

from minions_core.app.hiding import Secrets
from minions_core.app.stopping import Stoppable, Switch
from minions_core.clients import OllamaClient
from minions_core.effects import Ask
from minions_core.errors import ModelError, RunCancelled
from minions_core.messages import Message, Reply
from minions_core.models import sized_for
from minions_core.testing import ScriptedModel
from tests.wire import WireServer

KEY = Secrets(("sk-1",))
LONG = Secrets(("sk-do-not-tell",))
ASK = Ask(role="local", messages=(Message("user", "What is it?"),))


class Slow(ScriptedModel):
    """A model whose reply arrives letter by letter."""

    def __init__(self, text):
        super().__init__([text])
        self.text = text

    async def areply(self, ask, on_text=None):
        for letter in self.text:
            on_text(letter)
        return await super().areply(ask)


class Endless:
    """A model that never answers, and knows when it was given up."""

    name = "endless"
    context_window = 4096

    def __init__(self):
        self.asked, self.given_up = asyncio.Event(), False

    def reply(self, ask, on_text=None):
        return Reply(text="never asked")

    async def areply(self, ask, on_text=None):
        self.asked.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.given_up = True
            raise


async def test_a_reply_comes_through():
    model = Stoppable(ScriptedModel(["42"]), Switch())
    assert (await model.areply(ASK)).text == "42"


def test_a_reply_comes_through_when_it_blocks():
    assert Stoppable(ScriptedModel(["42"]), Switch()).reply(ASK).text == "42"


async def test_the_call_in_flight_is_given_up():
    within, switch = Endless(), Switch()
    call = asyncio.create_task(Stoppable(within, switch).areply(ASK))
    await within.asked.wait()
    await asyncio.to_thread(switch.turn_off)
    with pytest.raises(RunCancelled):
        await call
    assert within.given_up


async def test_no_other_call_is_made():
    within, switch = ScriptedModel(["42"]), Switch()
    switch.turn_off()
    with pytest.raises(RunCancelled):
        await Stoppable(within, switch).areply(ASK)
    assert within.asked == []


def test_no_other_blocking_call_is_made():
    within, switch = ScriptedModel(["42"]), Switch()
    switch.turn_off()
    with pytest.raises(RunCancelled):
        Stoppable(within, switch).reply(ASK)
    assert within.asked == []


async def test_whoever_cancels_the_caller_cancels_the_call():
    within = Endless()
    call = asyncio.create_task(Stoppable(within, Switch()).areply(ASK))
    await within.asked.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert within.given_up


def test_a_switch_may_be_turned_off_when_all_is_over():
    switch = Switch()
    with asyncio.Runner() as runner:
        runner.run(Stoppable(ScriptedModel(["42"]), switch).areply(ASK))
    switch.turn_off()
    assert switch.is_off


def test_a_model_whose_window_can_be_chosen_still_can():
    switch = Switch()
    with WireServer("never asked") as server:
        model = OllamaClient("llama3.2", base_url=server.ollama_url)
        larger = sized_for(Stoppable(model, switch, KEY), 6000)
    assert larger.context_window >= 6000
    assert (larger.switch, larger.secrets) == (switch, KEY)


async def test_an_error_does_not_repeat_the_key():
    failing = ScriptedModel([ModelError("sk-1 is wrong")])
    with pytest.raises(ModelError, match=r"^\[the key\] is wrong$"):
        await Stoppable(failing, Switch(), KEY).areply(ASK)


async def test_a_reply_does_not_repeat_the_key():
    model = Stoppable(ScriptedModel([f"it is {LONG.values[0]}"]), Switch(), LONG)
    assert (await model.areply(ASK)).text == "it is [the key]"


def test_a_reply_does_not_repeat_the_key_when_it_blocks():
    model = Stoppable(ScriptedModel([f"it is {LONG.values[0]}"]), Switch(), LONG)
    assert model.reply(ASK).text == "it is [the key]"


async def test_a_reply_that_arrives_bit_by_bit_does_not_repeat_the_key():
    heard = []
    await Stoppable(Slow(f"it is {LONG.values[0]}, he sa"), Switch(), LONG).areply(
        ASK, heard.append
    )
    assert "".join(heard) == "it is [the key], he sa"


async def test_a_word_that_was_typed_for_a_key_stays_in_a_reply():
    model = Stoppable(ScriptedModel(['{"citation": "none"}']), Switch(), Secrets(("none",)))
    assert (await model.areply(ASK)).text == '{"citation": "none"}'


async def test_a_model_does_not_call_itself_by_the_key():
    named = ScriptedModel([Reply(text="7", model=LONG.values[0])])
    assert (await Stoppable(named, Switch(), LONG).areply(ASK)).model == "[the key]"


async def test_an_error_without_a_key_is_as_it_was():
    with pytest.raises(ModelError, match=r"^wrong$"):
        await Stoppable(ScriptedModel([ModelError("wrong")]), Switch()).areply(ASK)


def test_the_key_is_in_no_words_about_the_model():
    assert "sk-1" not in repr(Stoppable(ScriptedModel([]), Switch(), KEY))
