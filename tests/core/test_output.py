"""`output_schema`: the remote model puts its answer into a form, in one turn more."""

import asyncio
import json
import re

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from minions_core import Minions, MinionsConfig, MinionsResult
from minions_core.clients import ExtractiveClient, OfflineSupervisor
from minions_core.errors import JournalError, ModelError, ModelUnavailable, RunCancelled
from minions_core.events import RunFinished, TextDelta
from minions_core.messages import Reply
from minions_core.redaction import PatternRedactor
from tests.core.forms_filled import ANSWER, FILLED, TEXT, Capex, Contact, Sides

BOTH = pytest.mark.parametrize("protocol", ["minions", "minion"])
WRONG = '{"amount": "a lot"}'


def drained(engine, *given):
    async def events():
        return [event async for event in engine.astream(*given)]

    with asyncio.Runner() as runner:
        return runner.run(events())


@BOTH
def test_the_answer_is_put_into_the_form(protocol):
    result = Sides(ANSWER, FILLED, protocol=protocol).run()
    assert (result.answer, result.output) == (
        "$120 million [1]",
        {"amount": 120.0, "unit": "million"},
    )


@BOTH
def test_that_costs_one_call_more(protocol):
    sides = Sides(ANSWER, FILLED, protocol=protocol, max_rounds=1)
    sides.run()
    assert (len(sides.labels), sides.labels[-1]) == (3, "form")


@BOTH
def test_both_drivers_agree(protocol):
    one, other = (Sides(ANSWER, FILLED, protocol=protocol) for _ in range(2))
    blocking = one.run()
    with asyncio.Runner() as runner:
        awaited = runner.run(other.engine.arun(blocking.question, TEXT))
    assert awaited == blocking


def test_the_conversation_goes_on_and_nothing_before_is_changed():
    sides = Sides(ANSWER, FILLED)
    sides.run()
    *_, before, form = sides.remote.asked
    assert form.messages[: len(before.messages)] == before.messages


def test_the_remote_model_is_held_to_the_schema():
    sides = Sides(ANSWER, FILLED)
    sides.run()
    assert sides.remote.asked[-1].schema.schema == Capex.model_json_schema()


def test_the_schema_ends_the_prompt():
    sides = Sides(ANSWER, FILLED)
    sides.run()
    assert json.loads(sides.last_told.splitlines()[-1]) == Capex.model_json_schema()


def test_only_the_form_is_asked_for_in_a_schema():
    sides = Sides(ANSWER, FILLED)
    sides.run()
    assert [ask.schema is not None for ask in sides.remote.asked] == [False, False, True]


@BOTH
def test_the_opening_tells_what_is_to_be_filled_in(protocol):
    sides = Sides(ANSWER, FILLED, protocol=protocol)
    sides.run()
    assert "- amount: in US dollars" in sides.remote.asked[0].messages[1].content


def test_without_a_schema_there_is_no_turn_more():
    sides = Sides(ANSWER, form=None)
    assert sides.run().output is None
    assert len(sides.labels) == 2


@BOTH
def test_a_form_that_does_not_fit_is_mended(protocol):
    sides = Sides(ANSWER, WRONG, FILLED, protocol=protocol)
    assert sides.run().output == {"amount": 120.0, "unit": "million"}
    assert "- amount: Input should be a valid number" in sides.last_told


def test_a_reply_without_an_object_is_told_so():
    sides = Sides(ANSWER, ANSWER, FILLED)
    sides.run()
    assert "no complete JSON object" in sides.last_told


def test_a_form_cut_off_is_told_so():
    sides = Sides(ANSWER, Reply(text=FILLED, finish_reason="length"), FILLED)
    assert sides.run().output is not None
    assert "cut off" in sides.last_told


@BOTH
def test_twice_wrong_there_is_no_output_and_a_note(protocol):
    sides = Sides(ANSWER, WRONG, WRONG, protocol=protocol)
    result = sides.run()
    assert (result.status, result.answer, result.output) == ("answered", "$120 million [1]", None)
    assert "did not put its answer into Capex" in result.notes[-1]
    assert "told once what was wrong. Of its second try: " in result.notes[-1]
    assert "amount" in result.notes[-1]


def test_of_what_a_reply_says_nothing_is_repeated_to_the_model():
    sides = Sides(ANSWER, '{"amount": "quite a lot"}', FILLED)
    sides.run()
    assert "quite a lot" not in sides.last_told


def test_a_model_that_never_answers_is_not_asked_for_a_form():
    sides = Sides("", "", max_rounds=1)
    result = sides.run()
    assert (result.status, result.output, sides.labels[-1]) == ("exhausted", None, "answer_repair")


def test_the_answer_streams_and_the_form_does_not():
    *events, last = Sides(ANSWER, f"<answer>{FILLED}</answer>").engine.stream(
        "Capital expenditure?", TEXT
    )
    shown = [event.text for event in events if isinstance(event, TextDelta)]
    assert "".join(shown) == "$120 million [1]"
    assert isinstance(last, RunFinished)
    assert last.result.output == {"amount": 120.0, "unit": "million"}


def test_it_streams_alike_on_an_event_loop():
    events = drained(Sides(ANSWER, FILLED).engine, "Capital expenditure?", TEXT)
    shown = [event.text for event in events if isinstance(event, TextDelta)]
    assert "".join(shown) == "$120 million [1]"
    assert events[-1].result.output == {"amount": 120.0, "unit": "million"}


BREAKING = [
    ModelError("overloaded"),
    ModelUnavailable("gone"),
    Reply(text=FILLED, finish_reason="input_truncated"),
]


@pytest.mark.parametrize("error", BREAKING, ids=["failed", "fatal", "cut"])
@pytest.mark.parametrize("before", [(), (WRONG,)], ids=["form", "repair"])
@BOTH
def test_a_model_that_fails_in_this_turn_costs_the_form_alone(protocol, error, before):
    result = Sides(ANSWER, *before, error, protocol=protocol).run()
    assert (result.status, result.answer, result.output) == ("answered", "$120 million [1]", None)
    assert "was not put into Capex: " in result.notes[-1]


@pytest.mark.parametrize("error", [JournalError("disk full"), RunCancelled("stopped")])
def test_another_error_in_this_turn_leaves_the_answer_on_the_partial(error):
    with pytest.raises(type(error)) as caught:
        Sides(ANSWER, error).run()
    partial = caught.value.partial
    assert (partial.status, partial.answer, partial.output) == ("failed", "$120 million [1]", None)


def test_an_error_before_the_answer_leaves_the_evidence_as_ever():
    with pytest.raises(ModelError) as caught:
        Sides(ModelError("overloaded")).run()
    assert caught.value.partial.answer.startswith("[1]")


def test_a_journal_has_it_all(tmp_path):
    first = Sides(ANSWER, WRONG, FILLED, journal=tmp_path / "run").run()
    again = Sides(journal=tmp_path / "run")
    second = again.run()
    assert (second.output, again.remote.asked) == (first.output, [])


def test_it_goes_to_json_and_comes_back():
    result = Sides(ANSWER, FILLED).run()
    assert MinionsResult.from_json(result.to_json()) == result
    assert result.to_dict()["output"] == result.output


def test_a_result_kept_before_there_was_an_output_still_reads():
    data = Sides(ANSWER, FILLED).run().to_dict()
    del data["output"]
    assert MinionsResult.from_json(json.dumps(data)).output is None


def test_a_result_with_an_output_can_be_hashed():
    one, other = (Sides(ANSWER, FILLED).run() for _ in range(2))
    assert {one, other} == {one}


class Text(BaseModel):
    """What was found."""

    finding: str | None


@pytest.mark.parametrize(
    ("form", "output"), [(Text, {"finding": "$120 million"}), (Contact, None)], ids=["one", "more"]
)
def test_offline_a_form_of_one_text_is_filled_in_and_no_other(form, output):
    config = MinionsConfig(output_schema=form)
    engine = Minions(ExtractiveClient(), OfflineSupervisor(), config=config)
    result = engine.run("What was capital expenditure?", TEXT)
    assert (result.status, result.output) == ("answered", output)


REDACTED = "<answer>Write to [EMAIL_1] [1]</answer>"
CONTACT = '{"name": "Jo", "address": "[EMAIL_1]"}'


@BOTH
def test_placeholders_are_restored_before_the_form_is_checked(protocol):
    sides = Sides(REDACTED, CONTACT, protocol=protocol, form=Contact, redactor=PatternRedactor())
    result = sides.run("Whom do I write to?")
    assert result.output == {"name": "Jo", "address": "jo@acme.org"}
    assert "jo@acme.org" not in str(result.transcript)


def test_with_a_redactor_no_server_holds_the_reply_to_the_schema():
    sides = Sides(REDACTED, CONTACT, form=Contact, redactor=PatternRedactor())
    sides.run()
    assert sides.remote.asked[-1].schema is None


def test_what_has_the_form_of_a_placeholder_in_the_schema_is_none():
    form = type("Contact", (Contact,), {"__doc__": "[EMAIL_1] is an example."})
    said = CONTACT.replace("EMAIL_1", "EMAIL_2")
    sides = Sides(REDACTED, said, form=form, redactor=PatternRedactor())
    assert sides.run().output == {"name": "Jo", "address": "jo@acme.org"}


def test_what_is_sensitive_in_the_schema_is_hidden():
    form = type("Contact", (Contact,), {"__doc__": "Not kim@acme.org."})
    sides = Sides(REDACTED, CONTACT, form=form, redactor=PatternRedactor())
    assert "kim@acme.org" not in str(sides.run().transcript)


def accuse(form):
    raise ValueError(f"no such user {form.address[:2]!r} among Ada, Bob")


def assert_not(form):
    raise AssertionError(f"{form.address[:2]!r} is not Ada or Bob")


def refuse(form):
    raise PydanticCustomError("stranger", "not {who} but Ada", {"who": form.address[:2]})


@pytest.mark.parametrize("check", [accuse, assert_not, refuse])
def test_of_what_a_class_says_of_a_restored_value_only_the_place_is_told(check):
    class Checking(Contact):
        """Says parts of a value, and whom its owner knows."""

        def model_post_init(self, _):
            check(self)

    sides = Sides(REDACTED, CONTACT, CONTACT, form=Checking, redactor=PatternRedactor())
    result = sides.run()
    told = f"{sides.last_told} {result.notes[-1]}"
    assert told.count("the object: is not accepted by the schema's own check") == 2
    assert not re.search("'jo'|not jo|Ada", told)


def test_a_key_that_was_restored_is_hidden_again_where_its_value_is_wrong():
    class Phones(BaseModel):
        """A number for each address."""

        numbers: dict[str, int]

    wrong = '{"numbers": {"[EMAIL_1]": "x"}}'
    sides = Sides(REDACTED, wrong, wrong, form=Phones, redactor=PatternRedactor())
    assert "jo@" not in str(sides.run().transcript)
    assert "- numbers > [EMAIL_1]: Input should be" in sides.last_told
