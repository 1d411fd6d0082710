"""The journal: what was paid for once is not paid for twice."""

import json
import stat
import threading

import pytest

from minions_core.effects import Ask, JsonSchema
from minions_core.errors import ModelError, UsageError
from minions_core.journal import Journal, Journaled
from minions_core.ledger import Call, Meter
from minions_core.messages import Message, Reply, Usage
from minions_core.models import Model, Resizable
from minions_core.testing import ScriptedModel

QUESTION = Ask("remote", (Message("user", "How much?"),))
PAID = Reply(
    text="42", usage=Usage(input_tokens=900, output_tokens=5), finish_reason="length", model="m-1"
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.jsonl"


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
    call = Call(role="remote", label="answer", model="gpt-4o", usage=reply.usage)
    assert Meter(calls=[call]).cost() == 0


def test_the_first_reply_has_the_usage_it_was_charged(path):
    assert journaled(path, PAID).reply(QUESTION) == PAID


def test_a_served_reply_keeps_its_finish_reason_and_model(path):
    recorded(path, PAID)
    served = journaled(path).reply(QUESTION)
    assert (served.finish_reason, served.model) == ("length", "m-1")


def test_the_file_keeps_the_usage_that_was_paid(path):
    recorded(path, PAID)
    assert json.loads(path.read_text())["usage"]["input_tokens"] == 900


def test_a_reply_without_usage_is_kept_and_served(path):
    recorded(path, Reply(text="free"))
    assert journaled(path).reply(QUESTION).text == "free"


def test_samples_of_one_question_differ_within_a_run(path):
    model = journaled(path, "first", "second")
    assert [model.reply(QUESTION).text, model.reply(QUESTION).text] == ["first", "second"]


def test_samples_are_served_in_the_order_of_recording(path):
    recorded(path, "first", "second")
    model = journaled(path)
    assert [model.reply(QUESTION).text, model.reply(QUESTION).text] == ["first", "second"]


def test_a_sample_that_was_not_recorded_is_asked_for(path):
    recorded(path, "first")
    model = journaled(path, "second")
    assert [model.reply(QUESTION).text, model.reply(QUESTION).text] == ["first", "second"]


def test_rewinding_serves_what_this_process_recorded(path):
    model = journaled(path, "first")
    model.reply(QUESTION)
    model.journal.rewind()
    assert model.reply(QUESTION).text == "first"


@pytest.mark.parametrize(
    "other",
    [
        Ask("local", QUESTION.messages),
        Ask("remote", (Message("user", "How many?"),)),
        Ask("remote", (Message("system", "How much?"),)),
        Ask("remote", QUESTION.messages, schema=JsonSchema(name="job", schema={"type": "object"})),
        Ask("remote", QUESTION.messages, max_output_tokens=5),
    ],
    ids=["role", "words", "speaker", "schema", "length"],
)
def test_another_question_is_asked_anew(path, other):
    recorded(path, "old")
    assert journaled(path, "new").reply(other).text == "new"


def test_another_model_is_asked_anew(path):
    recorded(path, "old")
    assert journaled(path, "new", name="other").reply(QUESTION).text == "new"


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


def test_the_file_can_be_read_by_its_owner_alone(path):
    recorded(path, "42")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_reply_is_in_the_file_as_soon_as_it_is_given(path):
    model = journaled(path, "42", "43")
    model.reply(QUESTION)
    assert path.read_text().count("\n") == 1


@pytest.mark.parametrize("kept", [3, 40, 100])
def test_a_torn_last_line_is_forgotten(path, kept):
    whole = recorded(path, "first").read_bytes()
    path.write_bytes(whole + whole[:kept])
    assert len(Journal(path)) == 1


def test_a_reply_after_a_torn_line_is_readable(path):
    whole = recorded(path, "first").read_bytes()
    path.write_bytes(whole + whole[:50])
    model = journaled(path, "second")
    model.reply(QUESTION)
    model.reply(QUESTION)
    assert [json.loads(line)["text"] for line in path.read_text().splitlines()] == [
        "first",
        "second",
    ]


@pytest.mark.parametrize("text", ["my notes", "my notes\nand more\n", '{"a": 1}\n', "[1]\n", "\n"])
def test_a_file_that_is_no_journal_is_refused(path, text):
    path.write_text(text)
    with pytest.raises(UsageError, match="is no journal"):
        Journal(path)


def test_a_file_that_is_no_journal_is_left_as_it_is(path):
    path.write_text("my notes")
    with pytest.raises(UsageError):
        Journal(path)
    assert path.read_text() == "my notes"


def test_a_folder_that_is_not_there_is_told_before_anything_is_paid(tmp_path):
    with pytest.raises(FileNotFoundError):
        Journal(tmp_path / "missing" / "run.jsonl")


def test_replies_of_many_threads_are_all_kept(path):
    model = Journaled(ScriptedModel(lambda ask: ask.messages[0].content), Journal(path))

    def work(number):
        model.reply(Ask("local", (Message("user", f"question {number} " + "x" * 9000),)))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(32)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(Journal(path)) == 32


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
