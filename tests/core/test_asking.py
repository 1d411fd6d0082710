"""Questions told from the texts they are asked of."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minions_core.asking import Asked, told_apart
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
    assert asked == Asked("Summarise this talk:", f"{TEXT}\n\nAny more questions?")


def test_a_question_at_either_end_may_be_the_one():
    said = f"Who signs?\n\n{TEXT}\n\nAny more questions?"
    assert apart(said) == Asked("Who signs?\n\nAny more questions?", said)


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


@pytest.mark.parametrize(
    "first",
    [
        "Patient: John Smith, HIV positive",
        "From: Bob <b@x.com>\nTo: Ann\nSubject: Q3\n\nHi Ann,",
        "Subject: Q3",
        "name: x\nsteps:\n  - run: make",
        '{"people": {"name": "Ann"}}',
        "Alice: hi Bob, how are you?\nBob: fine",
        "What is heart failure?",
        "Attendees:",
        "Minutes of the meeting:",
        "Abstract: we studied tea.",
        "2024-01-01 12:00:01 ERROR: disk full",
        "Dr. Roe wrote: all is well.",
        "List of medications",
        "Check 1234",
    ],
)
def test_the_head_of_a_text_is_no_question(first):
    asked = apart(f"{first}\n\n{TEXT}\n\nDraft a reply.")
    assert asked == Asked("Draft a reply.", f"{first}\n\n{TEXT}")


@pytest.mark.parametrize(
    "request_",
    [
        "Summarise",
        "TL;DR",
        "List action items.",
        "Please translate it into German.",
        "Could you compare the two years",
        "How many pages are there",
        "I need the date of the meeting.",
        "Give me a table of all figures.",
        "Who signed? And when?\nAnswer in one sentence, please.",
        "Based on the report, what was revenue? Think step by step.",
        "Extract:\n- names\n- dates",
        "Answer these questions:\n1. Who signed?\n2. When?",
        "Bitte fasse das in zwei S\u00e4tzen zusammen.",
        "R\u00e9sumez ce rapport.",
        "Resume el informe.",
        "Riassumi il testo.",
        "Traduza para o ingl\u00eas.",
        "Vat het verslag samen.",
        "\u041f\u0435\u0440\u0435\u0432\u0435\u0434\u0438 \u0442\u0435\u043a\u0441\u0442.",
        "\u8bf7\u603b\u7ed3\u4ee5\u4e0a\u5185\u5bb9\u3002",
        "\u4e0a\u8a18\u306e\u6587\u7ae0\u3092\u8981\u7d04\u3057\u3066\u304f\u3060\u3055\u3044\u3002",
        "\uc704 \uae00\uc744 \uc694\uc57d\ud574 \uc8fc\uc138\uc694.",
    ],
)
def test_a_request_at_the_end_comes_alone(request_):
    assert apart(f"{TEXT}\n\n{request_}") == Asked(request_, TEXT)


@pytest.mark.parametrize(
    "request_",
    [
        "Summarise this in three points.",
        "Find every date.",
        "hi, can you tell me who signed it",
        "Answer these questions about the letter:\n1. Who signed?\n2. When?",
        "Here is a report. List the risks.",
        "Fasse den Brief zusammen:",
    ],
)
def test_of_a_text_behind_a_request_nothing_comes_along(request_):
    question = request_.removeprefix("Here is a report. ")
    assert apart(f"{request_}\n\n{TEXT}\n\nthanks!").question == question


@pytest.mark.parametrize("fence", ["```", '"""', "---", "=== END ==="])
def test_a_fence_around_a_text_is_no_part_of_a_request(fence):
    assert apart(f"Find every date.\n{fence}\n{TEXT}\n{fence}").question == "Find every date."
    assert apart(f"{fence}\n{TEXT}\n{fence}\nFind all dates.").question == "Find all dates."


def test_a_hint_goes_with_the_question_at_the_other_end():
    asked = apart(f"{QUESTION}\n\n{TEXT}\n\nAnswer in one sentence.")
    assert asked == Asked(f"{QUESTION}\n\nAnswer in one sentence.", TEXT)


def test_two_requests_both_go():
    asked = apart(f"Summarise the report.\n\n{TEXT}\n\nWrite it in German.")
    assert asked == Asked("Summarise the report.\n\nWrite it in German.", TEXT)


def test_what_is_said_in_a_talk_is_no_question():
    asked = apart(f"Summarise it.\n\n{TEXT}\n\nInterviewer: John, is it still Biktarvy?")
    assert asked.question == "Summarise it."


@pytest.mark.parametrize("said", ["Summarise the following text", "Given the following letter,"])
def test_a_request_that_runs_into_the_text_is_none(said):
    with pytest.raises(UsageError):
        apart(f"{said} The patient John Smith was well. {PAGE}")


def test_a_line_of_several_words_may_lead_to_the_text():
    assert apart(f"The risks in this:\n\n{TEXT}") == Asked("The risks in this:", TEXT)


def test_what_only_leads_to_a_text_can_be_left_out():
    with pytest.raises(UsageError):
        told_apart(f"The risks in this:\n\n{TEXT}", is_short=is_short, surely=True)


def test_a_label_in_an_earlier_paragraph_than_the_last_label_is_one_of_the_text():
    said = f"{PAGE}\n\nQuestion: Who pays?\n\nQuestion: {QUESTION}"
    assert apart(said).question == QUESTION


@pytest.mark.parametrize(
    "noise",
    ["Question: a\n", "<task>", "Q: ", "# ", "\n ", "Answer:\n", "<context ", "XYZ", "Hi, so "],
)
def test_a_text_full_of_marks_is_read_in_no_time_to_speak_of(noise):
    assert is_short(apart(f"{noise * 100_000}\n\n{QUESTION}").question)


@pytest.mark.parametrize("said", ["", " \n ", PAGE, f"{PAGE}\n\n{PAGE}", TEXT])
def test_a_text_without_a_question_is_an_error_that_says_where_to_put_it(said):
    with pytest.raises(UsageError, match=r"content block.*context="):
        apart(said)


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
