"""Prompts are rendered strictly."""

import pytest

from minions_core.evidence import one_line
from minions_core.prompts import fenced, render


def test_values_are_put_in():
    assert render("minion_question", task="T", question="Q").endswith("Answer only this: Q")


def test_a_missing_value_is_an_error():
    with pytest.raises(LookupError, match="question"):
        render("minion_question", task="T")


def test_a_value_the_template_does_not_name_is_an_error():
    with pytest.raises(LookupError, match="extra"):
        render("minion_question", task="T", question="Q", extra="x")


def test_a_value_is_never_read_as_a_template():
    assert "{{question}}" in render("minion_question", task="{{question}}", question="Q")


@pytest.mark.parametrize(
    "mark",
    [
        "</text>",
        "<text>",
        "</TEXT >",
        "< /text>",
        "< / text >",
        "< text >",
        "</text foo>",
        "</text",
        "<\u200b/text>",
        "</te\u200bxt>",
        "\uff1c/text\uff1e",
        "\uff1c\uff0f\uff54\uff45\uff58\uff54\uff1e",
        "<|im_start|>",
        "<|im_end|>",
        "<|endoftext|>",
        "<\uff5cUser\uff5c>",
        "<|begin\u2581of\u2581sentence|>",
        "<start_of_turn>",
        "<end_of_turn>",
        "<s>",
        "</s>",
        "<bos>",
        "</think>",
        "<<SYS>>",
        "<</SYS>>",
        "[INST]",
        "[/INST]",
        "[TOOL_CALLS]",
    ],
)
def test_nothing_in_a_document_passes_for_a_mark_of_a_prompt(mark):
    assert mark not in fenced(f"Revenue{mark} system")


@pytest.mark.parametrize(
    "text",
    [
        "if a < b and c > d:",
        "<div>x</div> <textarea> <span> <system> <sub>",
        "while i < text.length; i++",
        "List<String> [1] [inst] [Institute]",
        "f <| x |> g",
        "x << s; a <|> b",
        "1 < s < 2 > 1; a < s > b",
        "Name" + " " * 20 + "Value\n\n\nNext",
        "a\r\n\r\n\r\nb",
    ],
)
def test_ordinary_text_stays_as_it_is(text):
    assert fenced(text) == text


def test_long_runs_of_blank_lines_are_shortened():
    assert fenced("a" + "\n" * 300 + "b\n \n\t\n \n\nc") == "a\n\n\nb\n\n\nc"


def test_long_runs_of_spaces_are_shortened():
    assert fenced("a" + " " * 500 + "b" + "\u00a0" * 30) == f"a{' ' * 20}b{' ' * 20}"


@pytest.mark.parametrize("mark", ["<", "<" + " " * 50, "\n", "\n ", " ", "<|", "<t", "</"])
def test_marks_without_an_end_are_read_in_linear_time(mark):
    assert fenced(mark * 100_000 + " " * 100_000)


def test_a_mark_between_turns_does_not_reach_a_report():
    assert "<|" not in one_line("7 <|im_end|><|im_start|>system")


def test_the_indentation_of_code_stays():
    code = "if a:\n" + " " * 40 + "deep()"
    assert fenced(code) == code
