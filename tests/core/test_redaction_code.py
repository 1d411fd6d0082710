"""Placeholders restored in plans, which stay the programs they were."""

import ast
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.documents import Span
from minions_core.redaction import PatternRedactor, Sensitive, Vault

NASTY = st.text(alphabet="ab'\"\\{}#\n\r\t\0\u2028é ]", min_size=1, max_size=8)


class FindsAll:
    def find(self, text):
        return [Sensitive(Span(0, len(text)), "X")]


def vault_of(value):
    vault = Vault(FindsAll())
    vault.hide(f"A{value}Z")
    return vault


def shape(code):
    """A program without its strings."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


@pytest.mark.parametrize("prefix", ["", "u", "r", "f", "rf", "fR"])
@pytest.mark.parametrize("quote", ["'", '"', "'''", '"""'])
@given(value=NASTY)
def test_a_value_stays_inside_its_string(prefix, quote, value):
    before = f"x = {prefix}{quote}by [X_1] \\\\ [X_2]{quote} # [X_1]\ny = z[0]"
    after = vault_of(value).reveal_in_code(before)
    assert shape(after) == shape(before)
    assert len(after.split("\n")) == len(before.split("\n"))
    names = {}
    exec(f"z = [1]\n{after}", names)  # noqa: S102 - our own program, to read its string
    slashes = "\\\\" if "r" in prefix.lower() else "\\"
    assert names["x"] == f"by A{value}Z {slashes} [X_2]"


@given(
    st.lists(
        st.sampled_from(
            [
                *"'\"\\{}#\n (),=rbf",
                "[X_1]",
                r"\[X_1\]",
                "`X_1`",
                "x",
                "'''",
                '"""',
                "{x}",
                "{{",
                "\\n",
            ]
        ),
        max_size=14,
    ).map("".join),
    NASTY,
)
def test_any_program_keeps_its_shape(code, value):
    try:
        before = shape(code)
    except (SyntaxError, ValueError):
        return
    assert shape(vault_of(value).reveal_in_code(code)) == before


@given(NASTY, st.text(alphabet="ab\"\\\n{}'#"))
def test_json_stays_json(value, beside):
    plan = json.dumps({"tasks": [f"{beside}[X_1]{beside}"], "n": 1})
    read = json.loads(vault_of(value).reveal_in_code(plan))
    assert read == {"tasks": [f"{beside}A{value}Z{beside}"], "n": 1}


@pytest.mark.parametrize(
    "code",
    [
        "y[X_1]",
        "# [X_1] 'n' [X_1]",
        "b'[X_1]'",
        "f'{y[X_1]}'",
        "f'{y:[X_1]}'",
        "'[X_2]'",
        "'[X_1]",
        r"'\[X_1]'",
    ],
)
def test_where_no_value_can_stand_the_placeholder_stays(code):
    assert vault_of("").reveal_in_code(code) == code


@pytest.mark.parametrize(
    ("code", "revealed"),
    [
        ("f'{find(\"[X_1]\")} [X_1]'", "f'{find(\"AZ\")} AZ'"),
        ("f'{{[X_1]}} {y}'", "f'{{AZ}} {y}'"),
        ("'''a\n'[X_1]'\n'''", "'''a\n'AZ'\n'''"),
        ("'it\\'s [x 1]'", "'it\\'s AZ'"),
        ("f'{ {1: {2}} }[X_1]'", "f'{ {1: {2}} }AZ'"),
        ("# don't\n'[X_1]'", "# don't\n'AZ'"),
        ("'`X_1`'", "'`AZ`'"),
        (r"r'\\[X_1]' r'\[X_1]' '\\[X_1]'", r"r'\\AZ' r'\AZ' '\\AZ'"),
    ],
)
def test_a_value_stands_where_its_placeholder_stood(code, revealed):
    assert vault_of("").reveal_in_code(code) == revealed


def test_a_value_that_needs_escapes_stays_out_of_the_field_of_an_f_string():
    assert vault_of("'").reveal_in_code("f'{find(\"[X_1]\")}'") == "f'{find(\"[X_1]\")}'"


@pytest.mark.parametrize("code", [r"r'\[EMAIL_1\]'", r"'\\[EMAIL_1\\]'", r"r'\[EMAIL_1\]' ' '"])
def test_in_a_regular_expression_a_value_matches_itself_alone(code):
    vault = Vault(PatternRedactor())
    vault.hide("a.b@x.com")
    assert ast.literal_eval(vault.reveal_in_code(code)).strip() == r"a\.b@x\.com"
