"""Questions told from the texts they are asked of."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minions_core.asking import Asked, instructed, told_apart
from minions_core.errors import UsageError

PAGE = "Revenue rose and costs fell over all of the years that this report covers. " * 5
TEXT = f"ANNUAL REPORT\n\n{PAGE}\n\n{PAGE}\n\nSigned by the board."
QUESTION = "What was revenue in 2023?"


def is_short(text):
    return len(text) <= 200


def apart(said):
    return told_apart(said, is_short=is_short)


def squeezed(text):
    return "".join(text.split())


def test_a_short_text_is_all_question():
    assert apart(f" {QUESTION} ") == Asked(QUESTION, "")


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(f"{TEXT}\n\n{QUESTION}", id="paragraph"),
        pytest.param(f"{TEXT}\n{QUESTION}", id="line"),
        pytest.param(f"{TEXT}\n\nQuestion: {QUESTION}", id="label"),
        pytest.param(f"{TEXT}\n\nTASK: {QUESTION}", id="capitals"),
        pytest.param(f"{TEXT}\n\n**Question:** {QUESTION}", id="bold"),
        pytest.param(f"{TEXT}\n\n## Question\n\n{QUESTION}", id="heading"),
        pytest.param(f"{TEXT}\n\nUser question:\n{QUESTION}", id="label on a line of its own"),
        pytest.param(f"{TEXT}\n\nFrage: {QUESTION}", id="another language"),
        pytest.param(f"{TEXT}\n\nQuestion: {QUESTION}\nHelpful Answer:", id="place of the answer"),
        pytest.param(f"{TEXT}\n\nQ: {QUESTION}\nA:", id="letters"),
        pytest.param(f"{TEXT}\r\n\r\n{QUESTION}\r\n", id="other line ends"),
        pytest.param(f"{TEXT}\n\n<question>\n{QUESTION}\n</question>", id="tag"),
    ],
)
def test_a_question_at_the_end_comes_alone(said):
    assert apart(said).question == QUESTION


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(f"{QUESTION}\n\n{TEXT}", id="paragraph"),
        pytest.param(f"{QUESTION}\n{PAGE}", id="line"),
        pytest.param(f"{QUESTION} {PAGE}", id="sentence"),
        pytest.param(f"Question: {QUESTION}\n\n{TEXT}", id="label"),
        pytest.param(f"Question: {QUESTION}\nContext: {TEXT}\nAnswer:", id="context"),
        pytest.param(f"{QUESTION}\n<context>\n{TEXT}\n</context>", id="tag of the text"),
        pytest.param(f"<task>{QUESTION}</task>\n\n{TEXT}", id="tag"),
    ],
)
def test_a_question_at_the_beginning_comes_alone(said):
    assert apart(said).question == QUESTION


@pytest.mark.parametrize(
    "said", [f"{TEXT}\n\nQuestion: {QUESTION}", f"{QUESTION}\n\n{TEXT}", f"{TEXT}\n{QUESTION}"]
)
def test_the_text_is_the_rest(said):
    assert apart(said).text == TEXT


def test_a_label_leaves_nothing_of_the_question_behind():
    said = f"{TEXT}\n\nInstructions: In millions.\nQuestion: {QUESTION}\n\nIn one sentence."
    asked = apart(said)
    assert asked == Asked(f"In millions.\nQuestion: {QUESTION}\n\nIn one sentence.", TEXT)


def test_a_beginning_does_not_end_in_the_middle_of_the_text():
    said = f"Here is the transcript.\n\nGrad B: Hello.\n\n{TEXT}\n\nWhich demos are planned?"
    assert apart(said).question == "Which demos are planned?"


def test_a_request_at_the_beginning_ends_in_a_colon():
    assert apart(f"Summarise this report:\n\n{TEXT}") == Asked("Summarise this report:", TEXT)


def test_a_text_that_ends_in_a_question_does_not_hide_the_request():
    asked = apart(f"Summarise this talk:\n\n{TEXT}\n\nAny more questions?")
    assert asked.question == "Summarise this talk:\n\nAny more questions?"
    assert asked.text.endswith(f"{TEXT}\n\nAny more questions?")


def test_a_label_at_the_end_is_sure_enough_to_leave_the_beginning_out():
    assert apart(f"Contents:\n\n{TEXT}\n\nQuestion: {QUESTION}").question == QUESTION


def test_questions_with_answers_are_a_part_of_the_text():
    faq = f"{TEXT}\n\nQuestion: Who signs?\nAnswer: The board."
    assert apart(f"List all risks:\n\n{faq}").question == "List all risks:"


def test_a_wrapped_question_is_whole():
    wrapped = "What was the revenue of the company, leases left out, in\nthe year before the last?"
    assert apart(f"{TEXT}\n\nThe table:\nA | 1\n{wrapped}").question == wrapped


def test_a_line_of_the_text_before_the_question_is_no_part_of_it():
    assert apart(f"{TEXT}\nRevenue 7\nwhat was revenue?").question == "what was revenue?"


def test_of_a_long_line_only_the_last_sentence_asks():
    assert apart(f"{PAGE}{QUESTION}") == Asked(QUESTION, PAGE.strip())


def test_where_nothing_is_marked_both_edges_are_asked_of_all():
    said = f"{TEXT}\n\nSummarise the above."
    assert apart(said) == Asked("ANNUAL REPORT\n\nSummarise the above.", said)


def test_what_nothing_marks_can_be_left_out():
    with pytest.raises(UsageError):
        told_apart(f"{TEXT}\n\nSummarise.", is_short=is_short, surely=True)


def test_of_two_edges_too_long_together_the_last_is_asked():
    first, last = "first " * 25, "last " * 30
    assert apart(f"{first}\n\n{TEXT}\n\n{last}").question == last.strip()


@pytest.mark.parametrize(
    "noise", ["Question: a\n", "<task>", "Q: ", "# ", "\n ", "Answer:\n", "<context "]
)
def test_a_text_full_of_marks_is_read_in_no_time_to_speak_of(noise):
    assert is_short(apart(f"{noise * 100_000}\n\n{QUESTION}").question)


@pytest.mark.parametrize("said", ["", " \n ", PAGE, f"{PAGE}\n\n{PAGE}"])
def test_a_text_without_a_question_is_an_error_that_says_where_to_put_it(said):
    with pytest.raises(UsageError, match=r"content block.*context="):
        apart(said)


@pytest.mark.parametrize(
    "said",
    [
        f"Answer from this context:\n\n{TEXT}",
        f"You are an analyst. Be brief.\n\n{TEXT}",
        f"Use the context.\nQuestion: {QUESTION}\nContext: {TEXT}",
        f"<instructions>Be brief.</instructions>\n{TEXT}",
    ],
)
def test_instructions_are_told_from_their_context(said):
    assert instructed(said, is_short=is_short).text in {TEXT, f"Context: {TEXT}"}


@pytest.mark.parametrize("said", [TEXT, PAGE, f"{TEXT}\n\nIs that all?"])
def test_a_text_alone_has_no_instructions(said):
    assert instructed(said, is_short=is_short) == Asked("", said.strip())


def test_short_instructions_are_just_that():
    assert instructed("Be brief.", is_short=is_short) == Asked("Be brief.", "")


WORDS = st.text(alphabet="ab .:?\n\tQquestion<>/#*|", max_size=40)
SAID = st.lists(
    st.one_of(
        WORDS, st.sampled_from([PAGE, "\n\n", "Question: ", "<task>", "</task>", "Q: ", "A:"])
    ),
    min_size=1,
    max_size=8,
).map("".join)


@settings(deadline=None)
@given(SAID)
def test_a_question_is_short_and_never_empty(said):
    try:
        question = apart(said).question
    except UsageError:
        return
    assert question.strip() == question
    assert 0 < len(question) <= 200


@settings(deadline=None)
@given(SAID)
def test_what_is_told_apart_was_said(said):
    try:
        asked = apart(said)
    except UsageError:
        return
    heard = squeezed(said)
    assert all(squeezed(part) in heard for part in asked.question.split("\n\n"))
    assert len(squeezed(asked.text)) <= len(heard)


@settings(deadline=None)
@given(st.text(alphabet="abc \n", max_size=300), st.text(alphabet="abc", min_size=1, max_size=50))
def test_only_the_label_is_lost(text, question):
    asked = apart(f"{text}{PAGE}\n\nQuestion: {question}?")
    assert squeezed(asked.text + asked.question) == squeezed(f"{text}{PAGE}{question}?")
