"""What a worker's reply says, however it is written."""

from dataclasses import replace

import pytest

from minions_core.config import JobOutput
from minions_core.documents import Chunk, Span
from minions_core.jobs import Job, Unreadable, job_result, lost_job, read_output
from minions_core.result import JobResult

JOB = Job(
    id=7,
    round=2,
    task="What was revenue?",
    chunk=Chunk("Revenue was 5.", 0, Span(10, 24)),
    advice="A table.",
)


def read(text: str, kind="look-up") -> JobOutput:
    output = read_output(text, JobOutput, kind)
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
        pytest.param('{"answer": "5" // row 1\n}', id="before a comment"),
        pytest.param('{"answer": 5 # row 1\n}', id="bare, before a comment"),
        pytest.param('{\n// the answer\n"answer": "5"}', id="after a comment"),
        pytest.param('{/* "answer": "6" */ "answer": "5"}', id="after a longer comment"),
        pytest.param('{"answer": "5", # row 1\n"citation": null}', id="between comments"),
        pytest.param('{"citation": "x"\n "answer": "5"}', id="without a comma"),
        pytest.param("{\u201canswer\u201d: \u201c5\u201d}", id="in curly quotes"),
        pytest.param("{\u2018answer\u2019: \u20185\u2019}", id="in single curly quotes"),
        pytest.param('{"answer": """5"""}', id="in triple quotes"),
        pytest.param('"{\\"answer\\": \\"5\\"}"', id="in a string"),
        pytest.param('{"properties": {"answer": "5"}}', id="in the schema's properties"),
        pytest.param('{"answer": {"type": "string", "value": "5"}}', id="in a field's schema"),
        pytest.param(
            '{"properties": {"answer": {"type": "string"}}, "answer": "5"}', id="beside the schema"
        ),
        pytest.param(
            '{"name": "JobOutput", "arguments": "{\\"answer\\": \\"5\\"}"}', id="as a tool call"
        ),
        pytest.param('{"results": [{"answer": null}, {"answer": "5"}]}', id="in a wrapped array"),
        pytest.param('[{"answer": null}, {"answer": "5"}, {"answer": "6"}]', id="in an array"),
        pytest.param('{"answer": [{"answer": "5", "citation": "x"}]}', id="in an answer"),
        pytest.param('{"answer": "4"}\n{"answer": "5"}', id="on the last line"),
        pytest.param(
            '<think>a <think>b</think> {"answer": "6"}</think>{"answer": "5"}',
            id="after thoughts in thoughts",
        ),
        pytest.param('<Thinking>hm</Thinking> {"answer": "5"}', id="after other thoughts"),
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


def test_a_list_of_figures_becomes_one_string():
    assert read('{"answer": ["red", 5, null, ""]}').answer == "red; 5"


def test_a_list_of_objects_becomes_compact_json():
    assert read('{"answer": [{"name": "Ann"}, "x"]}').answer == '[{"name":"Ann"},"x"]'


@pytest.mark.parametrize(
    "text",
    [
        '[{"answer": "red"}, {"answer": "green"}]',
        '{"items": [{"answer": "red"}, {"answer": "green"}]}',
        '{"answer": "red"}\n{"answer": "green"}',
        '[{"answer": "red"}, {"answer": null}, {"answer": "green"}, {"answer": "red"}]',
        '{"answer": [{"answer": "red"}, {"answer": "green"}]}',
    ],
)
def test_several_findings_are_one_list_where_a_list_is_wanted(text):
    assert read(text, "list").answer == "red; green"


def test_a_list_takes_the_first_quote_of_its_findings():
    text = '[{"answer": "red", "citation": "a"}, {"answer": "green", "citation": "b"}]'
    assert read(text, "list").citation == "a"


def test_a_corrected_list_is_not_joined_to_its_draft():
    assert read('{"answer": "red"} Or rather: {"answer": "green"}', "list").answer == "green"


def test_findings_without_an_answer_are_an_abstention():
    assert read('[{"answer": null}, {"answer": "none"}]', "list").answer is None


def test_a_figure_with_thousands_separators_needs_no_quotes():
    assert read('{"answer": 1,577, "citation": null}').answer == "1,577"


def test_a_quoted_word_before_a_comma_stays_in_its_string():
    assert read('{"answer": "He said "no", then left"}').answer == 'He said "no", then left'


def test_an_address_is_no_comment():
    assert read("{'answer': 'http://a.b/c', }").answer == "http://a.b/c"


@pytest.mark.parametrize(
    "text",
    [
        '{"answer": "I\u2019m sorry, but I can\u2019t help with that."}',
        '{"answer": "I cannot assist with this request.", "citation": null}',
        '{"answer": "As an AI language model, I have no access to documents."}',
    ],
)
def test_a_refusal_is_not_an_answer(text):
    with pytest.raises(Unreadable, match="declines"):
        read(text)


def test_who_quotes_a_refusal_has_read_it():
    text = '{"answer": "I cannot help you", "citation": "MR X: I cannot help you."}'
    assert read(text).answer == "I cannot help you"


def test_an_answer_wrapped_too_often_is_not_looked_for():
    with pytest.raises(Unreadable, match="no key `answer`"):
        read('{"a": {"b": {"c": {"d": {"answer": "5"}}}}}')


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
        pytest.param(
            '{"answer": "the answer in as few words as it takes, or null if the excerpt does not '
            'tell"}',
            "repeats the form",
            id="the prompt's words",
        ),
        pytest.param('{"citation": "It is 5."}', "no key `answer`", id="a quote only"),
        pytest.param("I\u2019m sorry, I can\u2019t do that.", "no complete JSON", id="a refusal"),
        pytest.param('{"answer": """5', "no complete JSON", id="cut in triple quotes"),
        pytest.param('{"answer": "5" /* so', "no complete JSON", id="cut in a comment"),
        pytest.param('["5", "6"]', "no complete JSON", id="a bare array"),
        pytest.param('{"citation": "...", "answer": "..."}', "repeats the form", id="dots"),
        pytest.param('{"answer": "string or null"}', "repeats the form", id="types"),
        pytest.param('{"answer": "your answer here"}', "repeats the form", id="your answer"),
    ],
)
def test_a_reply_without_an_answer_is_unreadable(text, reason):
    with pytest.raises(Unreadable, match=reason):
        read(text)


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


def test_a_job_knows_what_was_wanted_of_it():
    result = job_result(replace(JOB, kind="list"), JobOutput(answer="a; b"), None)
    assert (result.kind, result.samples, result.agreed) == ("list", 1, 1)


def test_a_lost_job_counts_no_reply():
    result = lost_job(JOB, "failed", "no link", None)
    assert (result.samples, result.agreed) == (0, 0)


def test_a_lost_job_says_what_went_wrong():
    result = lost_job(JOB, "truncated", "the reply was cut off", "report.txt")
    assert (result.status, result.detail, result.answer) == (
        "truncated",
        "the reply was cut off",
        None,
    )
