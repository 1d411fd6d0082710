"""The journal: what was paid for once is not paid for twice."""

import asyncio

import pytest

from minions_core.effects import Ask, JsonSchema
from minions_core.errors import ModelError
from minions_core.journal import Journal, Journaled
from minions_core.ledger import Call, Meter
from minions_core.messages import Message, Reply, Usage
from minions_core.models import Model, Resizable, Retrying
from minions_core.testing import ScriptedModel

QUESTION = Ask("remote", (Message("user", "How much?"),))
PAID = Reply(
    text="42", usage=Usage(input_tokens=900, output_tokens=5), finish_reason="length", model="m-1"
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.journal"


def journaled(path, *lines, name="gpt-4o"):
    return Journaled(ScriptedModel(lines, name=name), Journal(path))


def recorded(path, *lines, ask=QUESTION):
    """A file that holds these replies to one question."""
    model = journaled(path, *lines)
    for _ in lines:
        model.reply(ask)
    return path


def test_a_recorded_reply_is_served_without_a_call(path):
    recorded(path, "42")
    assert journaled(path).reply(QUESTION).text == "42"


async def test_a_recorded_reply_is_served_without_a_call_asynchronously(path):
    await journaled(path, "42").areply(QUESTION)
    assert (await journaled(path).areply(QUESTION)).text == "42"


def test_a_served_reply_has_used_nothing(path):
    recorded(path, PAID)
    assert journaled(path).reply(QUESTION).usage == Usage()


def test_a_ledger_does_not_charge_for_a_served_reply(path):
    recorded(path, PAID)
    reply = journaled(path).reply(QUESTION)
    meter = Meter()
    meter.note(Call(role="remote", label="answer", model="gpt-4o", usage=reply.usage))
    assert meter.cost() == 0


def test_the_first_reply_has_the_usage_it_was_charged(path):
    assert journaled(path, PAID).reply(QUESTION) == PAID


def test_a_served_reply_keeps_its_finish_reason_and_model(path):
    recorded(path, PAID)
    served = journaled(path).reply(QUESTION)
    assert (served.finish_reason, served.model) == ("length", "m-1")


def test_a_reply_without_usage_is_kept_and_served(path):
    recorded(path, Reply(text="free"))
    assert journaled(path).reply(QUESTION).text == "free"


class TestEqualCalls:
    def test_of_one_run_have_a_reply_each(self, path):
        model = journaled(path, "first", "second")
        assert [model.reply(QUESTION).text, model.reply(QUESTION).text] == ["first", "second"]

    def test_are_served_in_the_order_of_recording(self, path):
        recorded(path, "first", "second")
        model = journaled(path)
        assert [model.reply(QUESTION).text, model.reply(QUESTION).text] == ["first", "second"]

    def test_that_were_not_recorded_are_made(self, path):
        recorded(path, "first")
        model = journaled(path, "second")
        assert [model.reply(QUESTION).text, model.reply(QUESTION).text] == ["first", "second"]

    def test_of_the_next_run_are_served_from_the_first(self, path):
        model = journaled(path, "first")
        model.reply(QUESTION)
        assert model.sized_for(100).reply(QUESTION).text == "first"

    def test_take_the_turn_of_one_that_failed(self, path):
        model = Retrying(journaled(path, ModelError("busy", retryable=True), "42"), first_wait=0)
        model.reply(QUESTION)
        assert journaled(path).reply(QUESTION).text == "42"

    async def test_take_the_turn_of_one_that_was_cancelled(self, path):
        model = Journaled(Stuck(), Journal(path))
        calling = asyncio.create_task(model.areply(QUESTION))
        await model.model.called.wait()
        calling.cancel()
        await asyncio.gather(calling, return_exceptions=True)
        model.model.stuck = False
        await model.areply(QUESTION)
        assert journaled(path).reply(QUESTION).text == "42"


class Stuck:
    """A model that answers only when it is no longer stuck."""

    name, context_window, stuck = "gpt-4o", None, True

    def __init__(self):
        self.called = asyncio.Event()

    async def areply(self, ask, on_text=None):
        self.called.set()
        if self.stuck:
            await asyncio.Event().wait()
        return Reply(text="42")


@pytest.mark.parametrize(
    "other",
    [
        Ask("local", QUESTION.messages),
        Ask("remote", (Message("user", "How many?"),)),
        Ask("remote", (Message("system", "How much?"),)),
        Ask("remote", QUESTION.messages, schema=JsonSchema(name="job", schema={"type": "object"})),
        Ask("remote", QUESTION.messages, max_output_tokens=5),
        Ask("remote", QUESTION.messages, sample=2),
    ],
    ids=["role", "words", "speaker", "schema", "length", "sample"],
)
def test_another_question_is_asked_anew(path, other):
    recorded(path, "old")
    assert journaled(path, "new").reply(other).text == "new"


def test_samples_are_told_apart_whatever_their_order(path):
    first, second = (Ask("remote", QUESTION.messages, sample=number) for number in (1, 2))
    model = journaled(path, "one", "two")
    model.reply(first)
    model.reply(second)
    again = journaled(path)
    assert [again.reply(second).text, again.reply(first).text] == ["two", "one"]


def test_another_model_is_asked_anew(path):
    recorded(path, "old")
    assert journaled(path, "new", name="other").reply(QUESTION).text == "new"


def test_a_streamed_reply_is_recorded_whole(path):
    heard = []
    journaled(path, "a reply in several pieces").reply(QUESTION, heard.append)
    assert len(heard) > 1
    assert journaled(path).reply(QUESTION).text == "a reply in several pieces"


def test_the_label_of_a_call_does_not_matter(path):
    recorded(path, "42")
    assert journaled(path).reply(Ask("remote", QUESTION.messages, "answer_repair")).text == "42"


def test_a_failed_call_is_not_recorded(path):
    model = journaled(path, ModelError("overloaded"), "42")
    with pytest.raises(ModelError):
        model.reply(QUESTION)
    assert len(model.journal) == 0


def test_a_call_tried_again_after_a_failure_is_recorded_once(path):
    model = journaled(path, ModelError("overloaded"), "42")
    with pytest.raises(ModelError):
        model.reply(QUESTION)
    model.reply(QUESTION)
    assert journaled(path).reply(QUESTION).text == "42"


def test_one_journal_serves_both_roles(path):
    journal = Journal(path)
    local = Journaled(ScriptedModel(["near"], name="m"), journal)
    remote = Journaled(ScriptedModel(["far"], name="m"), journal)
    local.reply(Ask("local", QUESTION.messages))
    assert remote.reply(QUESTION).text == "far"


def test_it_is_a_model(path):
    assert isinstance(journaled(path), Model)


def test_name_and_window_are_those_of_the_model_within(path):
    within = ScriptedModel([], name="llama3.2", context_window=4096)
    model = Journaled(within, Journal(path))
    assert (model.name, model.context_window) == ("llama3.2", 4096)


def test_the_schema_of_the_model_within_is_seen(path):
    within = ScriptedModel([])
    within.structured_output_schema = Usage
    assert Journaled(within, Journal(path)).structured_output_schema is Usage


@pytest.mark.parametrize("wrap", [Retrying, lambda model: Journaled(model, None)])
def test_where_the_model_within_is_served_is_seen(wrap):
    within = ScriptedModel([])
    within.loaded_as = ("http://localhost:11434", "llama3.2")
    assert wrap(within).loaded_as == ("http://localhost:11434", "llama3.2")


def test_a_model_without_a_schema_has_none(path):
    assert journaled(path).structured_output_schema is None


class Stretchable(ScriptedModel):
    def sized_for(self, tokens):
        return Stretchable([], name=self.name, context_window=tokens)


def test_a_model_whose_window_can_be_chosen_is_sized(path):
    model = Journaled(Stretchable([]), Journal(path))
    assert isinstance(model, Resizable)
    assert model.sized_for(9000).context_window == 9000


def test_a_model_with_a_fixed_window_stays_as_it_is(path):
    model = Journaled(ScriptedModel([], context_window=10), Journal(path))
    assert model.sized_for(9000) == model
