"""Models that try again, windows of choice, and what is a model at all."""

import pytest

from minions_core.effects import Ask
from minions_core.errors import (
    ContextWindowExceeded,
    ModelError,
    ModelUnavailable,
    RunCancelled,
)
from minions_core.messages import Message, Reply
from minions_core.models import (
    BlockingModel,
    Model,
    Resizable,
    Retrying,
    is_model,
    sized_for,
    sized_together,
    well_formed,
)
from minions_core.testing import ScriptedModel

ASK = Ask("remote", (Message("user", "What is it?"),))
BUSY = ModelError("busy", retryable=True)
LOST = ConnectionResetError("gone")


class HttpError(Exception):
    """An error as the SDKs of providers raise them."""

    def __init__(self, status_code, headers=None):
        super().__init__(f"status {status_code}")
        self.status_code = status_code
        self.response = type("Response", (), {"headers": headers or {}})()


@pytest.fixture(params=["blocking", "async"])
def call(request):
    async def call(model, on_text=None):
        if request.param == "async":
            return await model.areply(ASK, on_text)
        return model.reply(ASK, on_text)

    return call


@pytest.fixture
def waits(monkeypatch):
    """The seconds waited for, none of which pass."""
    waits = []

    async def note(seconds):
        waits.append(seconds)

    monkeypatch.setattr("minions_core.models.time.sleep", waits.append)
    monkeypatch.setattr("minions_core.models.asyncio.sleep", note)
    return waits


def retrying(script, **settings):
    return Retrying(ScriptedModel(script), **{"first_wait": 0} | settings)


class TestRetrying:
    async def test_a_call_that_failed_in_transport_is_sent_again(self, call):
        model = retrying([BUSY, LOST, "42"])
        assert (await call(model)).text == "42"

    async def test_a_call_is_sent_again_only_so_often(self, call):
        model = retrying([BUSY, BUSY, BUSY], retries=2)
        with pytest.raises(ModelError, match="busy"):
            await call(model)
        assert len(model.model.asked) == 3

    async def test_without_retries_a_call_is_made_once(self, call):
        model = retrying([BUSY], retries=0)
        with pytest.raises(ModelError, match="busy"):
            await call(model)

    @pytest.mark.parametrize(
        "error",
        [ModelUnavailable("no key"), ContextWindowExceeded("too long"), ModelError("bad request")],
        ids=lambda error: type(error).__name__,
    )
    async def test_what_would_fail_again_is_not_sent_again(self, call, error):
        model = retrying([error])
        with pytest.raises(type(error)) as caught:
            await call(model)
        assert caught.value is error

    async def test_a_wish_to_stop_is_no_failed_call(self, call):
        with pytest.raises(RunCancelled):
            await call(retrying([RunCancelled("enough"), "never"]))

    @pytest.mark.parametrize("asked", ["0", "-5"])
    async def test_a_server_may_ask_for_no_wait_at_all(self, call, waits, asked):
        await call(retrying([HttpError(503, {"retry-after": asked}), "42"], first_wait=9))
        assert waits == [0.0]

    async def test_the_error_of_a_provider_is_the_cause(self, call):
        error = HttpError(400)
        with pytest.raises(ModelError) as caught:
            await call(retrying([error]))
        assert caught.value.__cause__ is error

    async def test_a_stream_that_has_begun_is_not_sent_again(self, call):
        class BreaksOff(BlockingModel):
            name = "breaks-off"
            context_window = None
            calls = 0

            def reply(self, ask, on_text=None):
                self.calls += 1
                on_text("half an ans")
                raise BUSY

        broken = BreaksOff()
        with pytest.raises(ModelError, match="busy"):
            await call(Retrying(broken, first_wait=0), [].append)
        assert broken.calls == 1

    async def test_a_stream_that_has_not_begun_is_sent_again(self, call):
        pieces = []
        await call(retrying([BUSY, "42"]), pieces.append)
        assert pieces == ["42"]

    async def test_waits_double(self, call, waits):
        await call(retrying([BUSY, BUSY, BUSY, "42"], first_wait=0.5, spread=lambda: 0.0))
        assert waits == [0.5, 1.0, 2.0]

    async def test_waits_are_spread_by_up_to_half(self, call, waits):
        await call(retrying([BUSY, "42"], first_wait=2, spread=lambda: 0.5))
        assert waits == [2.5]

    async def test_waits_have_a_limit(self, call, waits):
        await call(retrying([BUSY, "42"], first_wait=100, longest_wait=30))
        assert waits == [30]

    async def test_a_server_that_says_how_long_to_wait_is_heard(self, call, waits):
        await call(retrying([HttpError(429, {"retry-after": "7"}), "42"], first_wait=0.5))
        assert waits == [7.0]

    async def test_no_server_makes_us_wait_for_ever(self, call, waits):
        await call(retrying([HttpError(429, {"retry-after": "86400"}), "42"], longest_wait=30))
        assert waits == [30]

    async def test_every_wait_is_told_of(self, call, waits):
        told = []
        model = retrying(
            [BUSY, LOST, "42"],
            first_wait=1,
            spread=lambda: 0.0,
            notice=lambda error, attempt, wait: told.append((type(error), attempt, wait)),
        )
        await call(model)
        assert told == [(ModelError, 1, 1.0), (ModelError, 2, 2.0)]

    async def test_a_failure_that_ends_the_call_is_no_wait(self, call):
        told = []
        with pytest.raises(ModelError, match="busy"):
            await call(retrying([BUSY], retries=0, notice=lambda *wait: told.append(wait)))
        assert told == []

    def test_is_called_what_the_model_is_called(self):
        model = Retrying(ScriptedModel([], name="gpt-4o", context_window=8192))
        assert (model.name, model.context_window) == ("gpt-4o", 8192)

    def test_the_schema_of_the_model_within_is_seen(self):
        within = ScriptedModel([])
        within.structured_output_schema = Reply
        assert Retrying(within).structured_output_schema is Reply

    def test_sizing_it_sizes_the_model(self):
        sized = Retrying(Sized(4096), retries=7).sized_for(9000)
        assert (sized.context_window, sized.retries) == (9000, 7)


class Sized(BlockingModel):
    """A model of any size."""

    name = "sized"

    def __init__(self, window=None, loaded_as=None):
        self.context_window = window
        self.loaded_as = loaded_as

    def reply(self, ask, on_text=None):
        return Reply(text=f"I hold {self.context_window} tokens")

    def sized_for(self, tokens):
        return Sized(tokens, self.loaded_as)


def test_a_resizable_model_is_resized():
    assert sized_for(Sized(4096), 9000).context_window == 9000


def test_a_model_of_fixed_size_stays_as_it_is():
    model = ScriptedModel([])
    assert sized_for(model, 9000) is model


def windows(local, remote):
    return [model.context_window for model in sized_together(local, remote, 8192, 12_288)]


def test_two_models_have_a_window_each():
    assert windows(Sized(), Sized()) == [8192, 12_288]
    assert windows(Sized(loaded_as=("host", "a")), Sized(loaded_as=("host", "b"))) == [8192, 12_288]


def test_one_model_in_both_roles_has_one_window():
    both = Sized(loaded_as=("host", "a")), Sized(loaded_as=("host", "a"))
    assert windows(*both) == [12_288, 12_288]


def test_a_model_is_something_that_can_be_asked():
    assert is_model(Sized(1))
    assert is_model(ScriptedModel([]))


@pytest.mark.parametrize("given", [Sized, ScriptedModel, "gpt-4o", None, 42], ids=str)
def test_neither_a_class_nor_anything_else_is_a_model(given):
    assert not is_model(given)


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("a\ud800b", "a\ufffdb"),
        ("\udfff\udc80", "\ufffd\ufffd"),
        ("fine \U0001f600", "fine \U0001f600"),
    ],
)
def test_a_lone_surrogate_is_replaced_one_for_one(text, mended):
    assert well_formed(text) == mended


def test_models_are_told_by_what_they_can_do():
    assert isinstance(Sized(1), Model)
    assert isinstance(Sized(1), Resizable)
    assert not isinstance(ScriptedModel([]), Resizable)


async def test_a_model_that_only_blocks_can_be_awaited():
    assert (await Sized(4096).areply(ASK)).text == "I hold 4096 tokens"
