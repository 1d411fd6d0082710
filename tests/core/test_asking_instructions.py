"""Instructions told from the context in them."""

import pytest

from minions_core.asking import Asked, instructed
from tests.core.test_asking import TEXT, is_short


@pytest.mark.parametrize(
    "context",
    [
        f"Context: {TEXT}",
        f"Documents:\n{TEXT}",
        f"## Context\n\n{TEXT}",
        f"<context>\n{TEXT}\n</context>",
        f"<document id='1'>a</document>\n<document id='2'>{TEXT}</document>",
        f"<context>\n{TEXT}",
    ],
)
def test_instructions_are_told_from_a_marked_context(context):
    assert instructed(f"Be brief.\n\n{context}", is_short=is_short) == Asked("Be brief.", context)


def test_a_context_may_begin_in_the_line_of_the_instructions():
    asked = instructed(f"Use it. Be brief. Context: {TEXT}", is_short=is_short)
    assert asked == Asked("Use it. Be brief.", f"Context: {TEXT}")


@pytest.mark.parametrize(
    "lead", ["Answer from this:", "Use the context below:", "Use the below context:"]
)
def test_instructions_may_lead_to_their_context(lead):
    assert instructed(f"{lead}\n\n{TEXT}", is_short=is_short) == Asked(lead, TEXT)


def test_behind_a_context_instructions_go_on():
    said = f"Be brief.\n<context>\n{TEXT}\n</context>\nAnswer in German."
    assert instructed(said, is_short=is_short).question == "Be brief.\n\nAnswer in German."


RULES = "\n".join(f"{n}. Greet {n} people." for n in range(60))


@pytest.mark.parametrize(
    "head",
    [
        "You are a clerk.",
        "# Role\n\nYou are a clerk.",
        "Act as a clerk.",
        "Your task is to help.",
        "Always be polite.",
        "When the user greets you, greet back.",
        "Du bist Sachbearbeiter.",
        "你是一个助手。",
    ],
)
def test_instructions_without_a_context_are_whole_however_long(head):
    rules = f"{head}\n{RULES}"
    assert instructed(rules, is_short=is_short) == Asked(rules, "")


def test_a_long_text_that_addresses_nobody_is_a_text():
    assert instructed(TEXT, is_short=is_short) == Asked("", TEXT)


def test_a_list_of_rules_is_no_context():
    rules = "When you get a document:\n" + "\n".join(f"- rule {number}" for number in range(60))
    assert instructed(rules, is_short=is_short).text == ""


def test_short_instructions_are_just_that():
    assert instructed("Be brief.", is_short=is_short) == Asked("Be brief.", "")
