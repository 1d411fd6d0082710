"""Texts of the user's own in the place of built-in prompts: what the models are sent."""

import json
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel

from minions_core import (
    Document,
    Minion,
    MinionConfig,
    Minions,
    MinionsConfig,
    Turn,
    UsageError,
)
from minions_core.prompts import marks, render, template
from minions_core.prompts.own import REPLACEABLE
from minions_core.redaction import PatternRedactor
from minions_core.testing import ScriptedModel

TEXT = "Capital expenditure was $120 million in 2023.\n\nAda Moreau signed the report."
REPORT = Document(TEXT, "report.txt")
EARLIER = Turn(question="Who makes it?", answer="A company that makes small machines.")
QUOTE = "Capital expenditure was $120 million in 2023."
BROKEN = "```python\ndef prepare_jobs(context):\n    return context[7]\n```"
DATA = '```json\n{"jobs": [{"tasks": ["Capital expenditure?"]}]}\n```'
ANSWER = "<answer>$120 million [1]</answer>"
FORM = '{"amount": 120}'
FOUND = json.dumps({"explanation": "It says so.", "citation": QUOTE, "answer": "$120 million"})
LINES = {
    "minions": [BROKEN, BROKEN, DATA, ANSWER, FORM],
    "minion": ["<ask>What was it?</ask>", ANSWER, FORM],
}
ENGINES = {"minions": (Minions, MinionsConfig), "minion": (Minion, MinionConfig)}
READS = {"minions": FOUND, "minion": f"$120 million\nQuote: {QUOTE}"}

EVERY_PROMPT = [(protocol, name) for protocol, names in REPLACEABLE.items() for name in names]
of_every_prompt = pytest.mark.parametrize(("protocol", "name"), EVERY_PROMPT)
of_both = pytest.mark.parametrize("protocol", ["minions", "minion"])


class Spending(BaseModel):
    amount: int


def run(protocol, **settings):
    """What both models were sent in a run that needs every prompt: conversations, by role."""
    engine, config = ENGINES[protocol]
    local = ScriptedModel(lambda ask: READS[protocol])
    remote = ScriptedModel(LINES[protocol])
    asking = engine(local, remote, config=config(output_schema=Spending, **settings))
    result = asking.run("What was it in 2023?", REPORT, history=[EARLIER])
    assert result.output == {"amount": 120}
    return {
        model: [[(said.role, said.content) for said in ask.messages] for ask in asked]
        for model, asked in (("local", local.asked), ("remote", remote.asked))
    }


def texts(sent):
    return "\n".join(content for asks in sent.values() for said in asks for _, content in said)


def own_text(name):
    """A text with the marks of a template and none of its words."""
    return " | ".join([f"OWN {name}", *(f"{{{{{mark}}}}}" for mark in marks(template(name)))])


def its_words(name):
    """The longest stretch of a template between two marks."""
    return max(re.split(r"\{\{\w+\}\}", template(name)), key=len).strip()


@of_every_prompt
def test_an_own_text_is_sent_in_the_place_of_a_built_in_one(protocol, name):
    sent = texts(run(protocol, prompts={name: own_text(name)}))
    assert f"OWN {name}" in sent
    assert its_words(name) not in sent


@of_every_prompt
def test_without_an_own_text_the_built_in_one_is_sent(protocol, name):
    assert its_words(name) in texts(run(protocol))


@of_both
def test_all_may_be_replaced_at_once(protocol):
    names = REPLACEABLE[protocol]
    sent = texts(run(protocol, prompts={name: own_text(name) for name in names}))
    assert [name for name in names if f"OWN {name}" not in sent] == []


@of_both
def test_own_texts_that_are_the_built_in_ones_change_nothing(protocol):
    same = {name: template(name) for name in REPLACEABLE[protocol]}
    assert run(protocol, prompts=same) == run(protocol)


def test_an_own_text_without_marks_is_sent_as_it_is():
    own = "  Read { this } and {{ that }}.\n"
    first, *_ = run("minions", prompts={"minions_worker": own})["local"][0]
    assert first == ("system", own)


@st.composite
def pieces(draw):
    """The marks of a template, in any order, with any text between them."""
    name = draw(st.sampled_from([name for _, name in EVERY_PROMPT]))
    needed = sorted(marks(template(name)))
    ordered = draw(st.permutations(needed))
    between = st.text(max_size=20) | st.sampled_from(["{", "}", "{{", "}}", "{{x", "{{ x }}"])
    return name, [(draw(between), mark) for mark in ordered], draw(between)


@given(pieces(), st.data())
def test_any_text_with_the_right_marks_has_values_put_in_as_they_are(own, data):
    name, parts, end = own
    text = "".join(f"{before}{{{{{mark}}}}}" for before, mark in parts) + end
    assume(text)
    assume(sorted(marks(text).elements()) == sorted(mark for _, mark in parts))
    value = st.text() | st.sampled_from(["{{task}}", "\\1", "{}", "{{"])
    values = {mark: data.draw(value, label=mark) for mark in marks(text)}
    put_in = "".join(f"{before}{values[mark]}" for before, mark in parts) + end
    assert render(name, {name: text}, **values) == put_in


@pytest.mark.parametrize(
    ("protocol", "prompts", "told"),
    [
        ("minions", {"minions_wroker": "x"}, "'minions_wroker', and the prompts of Minions are"),
        ("minions", {"minions_wroker": "x"}, "'minions_worker'"),
        ("minion", {"tool_question": "x"}, "the prompts of Minion are 'minion_system', "),
        ("minions", {"minion_system": "x"}, "'minion_system' goes into a MinionConfig"),
        ("minion", {"minions_job": "x"}, "'minions_job' goes into a MinionsConfig"),
        ("minion", {"minion_question": "{{task}}?"}, "lacks {{question}}: put each where"),
        ("minions", {"minions_job": "{{ chunk }}"}, "lacks {{advice}}, {{chunk}}, {{fields}}, {{"),
        (
            "minion",
            {"minion_question": "{{task}} {{question}} {{text}}"},
            "has {{text}}, for which there is no value: it takes {{question}}, {{task}}",
        ),
        ("minions", {"minions_worker": "Read {{chunk}}."}, "{{chunk}}, .* takes no marks at all"),
        (
            "minion",
            {"minion_question": "{{task}} {{question}} {{task}}"},
            "repeats {{task}}: put each exactly once",
        ),
        ("minions", {"minions_worker": " \n"}, "is blank: leave it out"),
        ("minions", {"minions_worker": "Read \ud83d."}, "lone surrogate"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused_before_anything_is_asked(protocol, prompts, told):
    engine, config = ENGINES[protocol]
    with pytest.raises(UsageError, match=told.replace("{", r"\{")):
        engine(ScriptedModel([]), ScriptedModel([]), config=config(prompts=prompts))


@of_every_prompt
def test_every_error_names_the_prompt_it_is_about(protocol, name):
    engine, config = ENGINES[protocol]
    own = config(prompts={name: template(name) + "{{stray}}"})
    with pytest.raises(UsageError, match=rf"prompts\['{name}'\] has \{{\{{stray"):
        engine(ScriptedModel([]), ScriptedModel([]), config=own)


@pytest.mark.parametrize(("protocol", "name"), [("minions", "minions_system"), ("minion", "open")])
def test_a_redactor_searches_own_texts_for_the_remote_model(protocol, name):
    redactor = PatternRedactor(extra={"PERSON": "Ada Moreau"})
    own = {name: f"{template(name)}\nWritten for Ada Moreau."}
    sent = run(protocol, prompts=own, redactor=redactor)["remote"]
    assert "Written for [PERSON_1]." in str(sent)
    assert "Ada Moreau" not in str(sent)


def test_what_looks_like_a_placeholder_in_an_own_text_is_given_to_nobody():
    own = {
        "open": f"{template('open')}\nAda Moreau wants to know.",
        "minions_report": f"{template('minions_report')}\nWrite of persons as [PERSON_1].",
    }
    redactor = PatternRedactor(extra={"PERSON": "Ada Moreau"})
    assert "[PERSON_2] wants to know" in texts(run("minions", prompts=own, redactor=redactor))


def test_a_redactor_leaves_own_texts_for_the_local_model_alone():
    own = {"minions_worker": "You read for Ada Moreau."}
    redactor = PatternRedactor(extra={"PERSON": "Ada Moreau"})
    first, *_ = run("minions", prompts=own, redactor=redactor)["local"][0]
    assert first == ("system", "You read for Ada Moreau.")
