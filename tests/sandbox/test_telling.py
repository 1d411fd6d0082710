"""What the author of a plan is told, and what it is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.sandbox.telling import WITHHELD, Teller, without_quotes

SECRET = 'Patient Johnsson\'s "bad" disease of 2023, is not expected to be treated'
CODE = "def prepare_jobs(context):\n    return int(contxt)\n    if 1: raise E('too few')\n"


def told(message, kind="ValueError", line=2, code=CODE):
    return Teller(code, [SECRET], {"page: no page 7 of this disease"}).told(kind, message, [line])


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("NameError", "name 'contxt' is not defined"),
        ("IndexError", "list index out of range"),
        ("TypeError", "sequence item 1: expected str instance, int found"),
        ("TypeError", "can't multiply sequence by non-int of type 'str'"),
        ("AttributeError", "'list' object has no attribute 'contxt'"),
        ("ModuleNotFoundError", "No module named 'context'"),
        ("ValueError", "not enough values to unpack (expected 2, got 1)"),
        ("ValueError", "page: no page 7 of this disease"),
        ("KeyError", "context"),
        ("TypeError", "JobManifest.__init__() missing 1 required positional argument: 'task'"),
    ],
)
def test_what_helps_to_mend_a_plan_is_told(kind, message):
    assert told(message, kind) == f"{kind}: {message} at line 2: return int(contxt)"


@pytest.mark.parametrize(
    "message",
    [
        f"invalid literal: '{SECRET}'",
        f"invalid literal: {SECRET!r}",
        f"'list' object has no attribute '{SECRET}'",
        f"time data '{SECRET}' does not match format '%Y'",
        f"time data b'{SECRET}' is bad",
        f"unconverted data remains: {SECRET}",
        f"unconverted data remains: x{SECRET.replace(' ', '_')}",
        "can't say 'Patient Johnsson",
        'a "disease',
    ],
)
def test_no_word_of_a_secret_is_told(message):
    safe = told(message)
    assert "Johnsson" not in safe
    assert "disease" not in safe
    assert "treated" not in safe


@pytest.mark.parametrize("kind", ["ValueError", "KeyError"])
def test_what_the_plan_raises_itself_is_withheld(kind):
    assert told("secret", kind, line=3).startswith(f"{kind}: {WITHHELD} at line 3")


def test_what_the_plan_says_itself_may_be_told():
    assert told("too few", line=3).startswith("ValueError: too few at line 3")


def test_a_plan_only_the_sandbox_can_read_has_raised_whatever_it_could_raise():
    assert WITHHELD in told("secret", line=1, code="f(:\n raise E")
    assert WITHHELD not in told("unexpected", kind="SyntaxError", line=1, code="f(:\n raise E")
    assert WITHHELD not in told("bad operand", line=1, code="f(:")


def test_a_long_number_in_a_helpers_message_is_not_told():
    teller = Teller(CODE, [], {"no page 80114105118971161"})
    assert teller.told("ValueError", "no page 80114105118971161") == "ValueError: no page ..."


def test_only_errors_of_taking_too_much_come_with_the_allowance():
    teller = Teller(CODE, [], ())
    assert teller.told("MemoryError", "", (), "9 MB").endswith("(9 MB)")
    assert "9 MB" not in teller.told("ValueError", "", (), "9 MB")


def test_a_line_beyond_the_plan_has_nothing_to_show():
    assert told("unexpected EOF", "SyntaxError", 99) == "SyntaxError: unexpected EOF at line 99: "


def test_an_error_is_short():
    assert len(told("x" * 10_000, code="y" * 10_000, line=1)) < 700
    assert WITHHELD in told("x" * 10_001)


@given(st.text(max_size=50), st.text(max_size=50))
def test_a_value_in_quotes_is_never_told(before, value):
    message = f"{before.replace(chr(39), '').replace(chr(34), '')} '«{value}»'"
    assert "«" not in without_quotes(message, "").partition("'")[2]
