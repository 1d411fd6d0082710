"""What a worker's reply says, however it is written."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from minions_core.config import JobOutput
from minions_core.documents import Chunk, Span
from minions_core.jobs import Job, Unreadable, is_abstention, job_result, lost_job, read_output
from minions_core.result import JobResult

JOB = Job(
    id=7,
    round=2,
    task="What was revenue?",
    chunk=Chunk("Revenue was 5.", 0, Span(10, 24)),
    advice="A table.",
)


class Rated(BaseModel):
    answer: str | None
    score: int = Field(ge=0, le=10)


def read(text: str) -> JobOutput:
    output = read_output(text, JobOutput)
    assert isinstance(output, JobOutput)
    return output


def test_the_wanted_json_is_read_as_it_is():
    text = '{"explanation": "It says so.", "citation": "Revenue was 5.", "answer": "5"}'
    assert read(text) == JobOutput(explanation="It says so.", citation="Revenue was 5.", answer="5")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('<think>{"answer": "6"}?</think>{"answer": "5"}', id="after thoughts"),
        pytest.param(
            '{"answer": "6"}? No.</think>\n{"answer": "5"}', id="thoughts without a start"
        ),
        pytest.param('```json\n{"answer": "5"}\n```', id="in a fence"),
        pytest.param('Sure! Here it is: {"answer": "5"} Hope it helps.', id="between sentences"),
        pytest.param('The set {x} is meant. {"answer": "5"}', id="after other braces"),
        pytest.param('{"answer": "4"}\nCorrected:\n{"answer": "5"}', id="corrected"),
        pytest.param('{"answer": "5"}\n{"answer": "5', id="before one that is cut off"),
        pytest.param("{'answer': '5', 'citation': None}", id="as Python"),
        pytest.param('{"answer": "5", }', id="with a trailing comma"),
        pytest.param('{answer: "5"}', id="with a bare key"),
        pytest.param('{"Answer": "5"}', id="with a capital key"),
        pytest.param('{"answer": 5}', id="as a number"),
        pytest.param('{"answer": ["5"]}', id="as a list"),
        pytest.param('{"output": {"answer": "5"}}', id="wrapped"),
        pytest.param('{"JobOutput": {"result": {"answer": "5"}}}', id="wrapped twice"),
        pytest.param(
            '{"explanation": "<why>", "answer": "<answer or null>"} {"answer": "5"}',
            id="after the form",
        ),
        pytest.param(
            '{"answer": "5"} {"properties": {"answer": {"type": "string"}}}', id="before the schema"
        ),
    ],
)
def test_an_answer_is_found(text):
    assert read(text).answer == "5"


def test_a_list_of_strings_becomes_one_string():
    assert read('{"answer": ["red", "green"]}').answer == "red; green"


def test_a_list_of_more_than_strings_becomes_compact_json():
    assert read('{"answer": ["red", 5]}').answer == '["red",5]'


def test_what_may_not_be_null_is_named():
    with pytest.raises(Unreadable, match="Field `score` is wrong"):
        read_output('{"answer": "yes", "score": null}', Rated)


def test_an_answer_wrapped_too_often_is_not_looked_for():
    with pytest.raises(Unreadable, match="no key `answer`"):
        read('{"a": {"b": {"c": {"answer": "5"}}}}')


def test_truth_values_become_words():
    assert read('{"answer": True, "citation": null}').answer == "true"


def test_a_nested_answer_becomes_compact_json():
    assert read('{"answer": {"value": 5, "unit": "m"}}').answer == '{"value":5,"unit":"m"}'


def test_an_apostrophe_does_not_end_a_single_quoted_string():
    assert read("{'answer': 'the firm's debt', 'citation': None}").answer == "the firm's debt"


def test_unescaped_quotes_stay_in_their_string():
    assert read('{"answer": "He said "no" to it"}').answer == 'He said "no" to it'


def test_line_breaks_inside_a_string_are_kept():
    assert read('{"answer": "one\ntwo"}').answer == "one\ntwo"


def test_escapes_are_understood_in_loose_json_too():
    text = r"""{'answer': 'a\n\u00e9 \ud83d\ude00 \"x\" \d',}"""
    assert read(text).answer == 'a\né 😀 "x" \\d'


def test_half_a_character_does_no_harm():
    assert read(r'{"answer": "5 \ud800"}').answer == "5 \ufffd"


def test_the_word_null_is_an_abstention_and_not_the_form():
    assert job_result(JOB, read('{"citation": "null", "answer": "null"}'), None).answer is None


@pytest.mark.parametrize("text", ["None", "null", "Not mentioned in the text.", "**N/A**"])
def test_prose_that_found_nothing_is_an_abstention(text):
    assert read(text) == JobOutput()


def test_prose_that_found_nothing_fits_a_schema_that_wants_text():
    class Strict(BaseModel):
        answer: str

    assert read_output("Not found.", Strict) == Strict(answer="")


def test_prose_cannot_fill_a_schema_that_wants_more():
    with pytest.raises(Unreadable, match="no JSON object"):
        read_output("Not found.", Rated)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "no answer", id="empty"),
        pytest.param('<think>{"answer": "5"}', "no answer", id="only thoughts"),
        pytest.param("It is 5.", "no complete JSON object", id="prose"),
        pytest.param('{"answer": "5', "no complete JSON object", id="cut in a string"),
        pytest.param('{"answer": "5"', "no complete JSON object", id="cut before the end"),
        pytest.param(
            '{"x": {"answer": "5"}, "y": "', "no complete JSON object", id="cut around one"
        ),
        pytest.param('{"result": "5"}', "no key `answer`", id="another key"),
        pytest.param("{}", "no key `answer`", id="nothing in it"),
        pytest.param(
            '{"type": "object", "properties": {"answer": {"type": "string"}}}',
            "repeats the form",
            id="the schema",
        ),
        pytest.param('{"answer": {"type": "string"}}', "repeats the form", id="a field's schema"),
        pytest.param('{"citation": "...", "answer": "..."}', "repeats the form", id="dots"),
        pytest.param('{"answer": "string or null"}', "repeats the form", id="types"),
        pytest.param('{"answer": "your answer here"}', "repeats the form", id="your answer"),
    ],
)
def test_a_reply_without_an_answer_is_unreadable(text, reason):
    with pytest.raises(Unreadable, match=reason):
        read(text)


def test_a_schema_of_ones_own_is_filled():
    assert read_output("{'answer': 'yes', 'score': 9}", Rated) == Rated(answer="yes", score=9)


def test_what_does_not_fit_a_schema_is_named():
    with pytest.raises(Unreadable, match="Field `score` is wrong"):
        read_output('{"answer": "yes", "score": 11}', Rated)


def test_a_field_with_an_alias_is_filled_by_it():
    class Aliased(BaseModel):
        answer: str
        page_number: int = Field(alias="pageNumber")

    found = read_output("{'Answer': 'yes', 'pagenumber': 3}", Aliased)
    assert found == Aliased(answer="yes", pageNumber=3)


def outcome(text: str) -> type:
    try:
        return type(read_output(text, JobOutput))
    except Unreadable as error:
        return type(error)


@given(st.text())
def test_any_text_is_read_or_unreadable(text):
    assert outcome(text) in {JobOutput, Unreadable}


SHARDS = r"""
{"answer":  {'answer':  "  '  {  }  [  ]  ,  :  \  5  null  None
<think>  </think>  \u12  \ud83d  1e999  -
"""


@given(st.lists(st.sampled_from(SHARDS.split()), max_size=30).map("".join))
def test_any_shards_of_json_are_read_or_unreadable(text):
    assert outcome(text) in {JobOutput, Unreadable}


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    st.sampled_from(["```json\n{}\n```", "<think>hm</think>{}", "Here: {} That is all.", "[{},]"]),
)
def test_any_answer_survives_what_stands_around_it(answer, around):
    assert read(around.replace("{}", json.dumps({"answer": f"!{answer}"}))).answer == f"!{answer}"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{" * 100_000, id="opening"),
        pytest.param("{" * 50_000 + "}" * 50_000, id="nested"),
        pytest.param('{"a":' * 20_000, id="nested values"),
        pytest.param('{"' * 50_000 + '"}', id="strings that swallow"),
        pytest.param("[" * 100_000, id="arrays"),
        pytest.param('{"a":[' * 20_000 + "1," * 20_000, id="mixed"),
        pytest.param("<think>" * 20_000, id="thoughts"),
        pytest.param("{'a'" + " " * 100_000, id="white space"),
    ],
)
def test_hostile_replies_are_given_up_soon(text):
    with pytest.raises(Unreadable):
        read(text)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "",
        " - ",
        "None",
        "null.",
        "N/A",
        "n.a.",
        "Unknown",
        "Not found",
        "NOT STATED.",
        '"not mentioned"',
        "Not specified in the excerpt",
        "Not available in the provided document.",
        "It is not mentioned in this text.",
        "Capital expenditure is not mentioned in the text.",
        "No information",
        "No information about dividends.",
        "There is no information on this in the excerpt",
        "The text does not say.",
        "The provided text doesn’t mention capital expenditure.",  # noqa: RUF001 (as models write)
        "None (not mentioned in the text)",
        "Not found. The excerpt does not state it.",
        "I don't know",
        "Cannot be determined from the text.",
        "The report does not mention any",
        "The text does not state the date.",
        "The text says nothing",
        "The excerpt says nothing about dividends.",
        "The report contains no information on dividends.",
        "N/A (see note 5)",
    ],
)
def test_an_answer_that_says_there_is_none_abstains(answer):
    assert is_abstention(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "0",
        "No",
        "No.",
        "5",
        "None of the directors resigned.",
        "not found guilty",
        "Not available in stores until March",
        "The text does not give 2023, but 2022 was 5.",
        "No evidence of fraud was found by the auditor.",
        "The document does not provide for early termination.",
        "Nothing but debt",
        "Unknown persons broke in.",
        "See note 5",
        "The contract does not mention a penalty, so none is due.",
        "The report does not list Ann; Bob is the chairman.",
        "The report states nothing but 2022: 5.",
        "The report mentions nothing unusual.",
        "The document contains no errors.",
        "The agreement does not include a non-compete clause.",
        "Not mentioned in the text. The table gives 5.",
    ],
)
def test_an_answer_that_merely_sounds_like_none_counts(answer):
    assert not is_abstention(answer)


def test_an_answered_job_keeps_what_its_worker_said():
    output = JobOutput(explanation=" Row 1. ", citation="Revenue was 5.", answer=" 5 ")
    assert job_result(JOB, output, "report.txt") == JobResult(
        id=7,
        task="What was revenue?",
        status="answered",
        advice="A table.",
        document="report.txt",
        span=Span(10, 24),
        answer="5",
        citation="Revenue was 5.",
        explanation="Row 1.",
    )


def test_an_abstaining_job_has_no_answer():
    result = job_result(JOB, JobOutput(answer="Not stated.", citation="N/A"), None)
    assert (result.status, result.answer, result.citation) == ("abstained", None, None)


def test_an_answer_that_is_no_text_becomes_compact_json():
    class Listed(BaseModel):
        answer: list[dict[str, float]]

    result = job_result(JOB, Listed(answer=[{"é": 1.5}]), None)
    assert (result.answer, result.citation) == ('[{"é":1.5}]', None)


def test_an_empty_list_is_an_abstention():
    class Listed(BaseModel):
        answer: list[str]

    assert job_result(JOB, Listed(answer=[]), None).status == "abstained"


def test_zero_is_an_answer():
    class Counted(BaseModel):
        answer: int

    assert job_result(JOB, Counted(answer=0), None).answer == "0"


def test_a_lost_job_says_what_went_wrong():
    result = lost_job(JOB, "truncated", "the reply was cut off", "report.txt")
    assert (result.status, result.detail, result.answer) == (
        "truncated",
        "the reply was cut off",
        None,
    )
