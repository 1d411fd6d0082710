"""What holds of every reply, however it is wrapped and whatever it says."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.config import JobOutput
from minions_core.jobs import Unreadable, read_output
from minions_core.loose_json import objects, without_thoughts

WORDS = st.text(st.characters(exclude_categories=["Cs"]))
OUTPUTS = st.builds(
    JobOutput,
    explanation=st.none() | WORDS,
    citation=st.none() | WORDS,
    answer=WORDS.map("!{}".format),
)
PLAIN_OUTPUTS = OUTPUTS.filter(lambda output: "<" not in output.model_dump_json())


def outcome(text, kind="look-up"):
    try:
        return type(read_output(text, JobOutput, kind))
    except Unreadable as error:
        return type(error)


def as_it_is(output):
    return json.dumps(output.model_dump())


def indented(output):
    return json.dumps(output.model_dump(), indent=2, ensure_ascii=False)


def as_python(output):
    return repr(output.model_dump())


def with_commas_to_spare(output):
    return indented(output).replace("\n}", ",\n}")


def with_capital_keys(output):
    return json.dumps({key.title(): value for key, value in output.model_dump().items()})


def with_comments(output):
    return "{ // the reply\n" + indented(output).removeprefix("{").removesuffix("}") + " # done\n}"


def in_a_string(output):
    return json.dumps(as_it_is(output))


def as_a_tool_call(output):
    return json.dumps({"name": "reply", "arguments": as_it_is(output)})


WRITTEN = st.sampled_from(
    [
        as_it_is,
        indented,
        as_python,
        with_commas_to_spare,
        with_capital_keys,
        with_comments,
        as_a_tool_call,
    ]
)
AROUND = st.sampled_from(
    [
        "{}",
        "```json\n{}\n```",
        "<think>so be it</think>{}",
        "<think>a<think>b</think>{{}}</think>\n\n{}",
        "so be it</think>{}",
        "Here: {} That is all.",
        "The set {{x}} is meant.\n\n{}",
        "[{}]",
        "[{},]",
        '{{"output": {}}}',
        '{{"JobOutput": {{"reply": {}}}}}',
        '{{"answer": "draft"}} Better: {}',
        '{{"answer": "<answer or null>"}}\n{}',
        '{}\n{{"properties": {{"answer": {{"type": "string"}}}}}}',
    ]
)


@given(PLAIN_OUTPUTS, WRITTEN, AROUND)
def test_any_output_survives_how_it_is_written_and_what_stands_around_it(output, written, around):
    assert read_output(around.format(written(output)), JobOutput) == output


@given(OUTPUTS)
def test_any_output_survives_as_one_string(output):
    assert read_output(in_a_string(output), JobOutput) == output


@given(OUTPUTS)
def test_any_output_survives_as_it_is(output):
    assert read_output(as_it_is(output), JobOutput) == output


@given(st.text(), st.sampled_from(["look-up", "list", "summary"]))
def test_any_text_is_read_or_unreadable(text, kind):
    assert outcome(text, kind) in {JobOutput, Unreadable}


SHARDS = r"""
{"answer":  {'answer':  "  '  {  }  [  ]  ,  :  \  5  null  None  //  /*  */  #  '''  NaN
<think>  </think>  \u12  \ud83d  1e999  -  1,577  {"properties":  "value"  “  ”
"""


@given(
    st.lists(st.sampled_from([*SHARDS.split(), " ", "\n"]), max_size=30).map("".join),
    st.sampled_from(["look-up", "list", "summary"]),
)
def test_any_shards_of_json_are_read_or_unreadable(text, kind):
    assert outcome(text, kind) in {JobOutput, Unreadable}


@given(OUTPUTS, st.data())
def test_half_a_reply_is_never_read(output, data):
    whole = as_it_is(output)
    part = whole[: data.draw(st.integers(1, len(whole) - 1))]
    assert outcome(part) is Unreadable


@given(st.text())
def test_objects_stand_where_they_are_said_to(text):
    found = list(objects(f'{text} {{"a": 1}} {{"b": 2}}'))
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(st.text())
def test_no_thought_is_left(text):
    assert "<think>" not in without_thoughts(f"<think>{text}</think>")


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
        pytest.param("{/*" * 40_000, id="comments without an end"),
        pytest.param("{ // x" * 20_000, id="comments on one line"),
        pytest.param("{ # x\n" * 20_000, id="comments on lines"),
        pytest.param('{"""' * 30_000, id="triple quotes"),
        pytest.param('{"a": "b",' + "c" * 50_000 + '",d' * 20_000, id="quotes before commas"),
        pytest.param("{“" * 50_000, id="curly quotes"),
        pytest.param('{"a": "{' * 20_000 + '"}' * 20_000, id="objects in strings"),
        pytest.param('{"a": 1' + ",000" * 30_000, id="thousands"),
        pytest.param("{}" * 20_000, id="empty objects"),
    ],
)
def test_hostile_replies_are_given_up_soon(text):
    assert outcome(text) is Unreadable
