"""Scale, unit and sign of an answer's figures, its names and its number words, held to a quote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.evidence.amounts import amounts
from minions_core.evidence.support import unsupported


def missing(answer, passage):
    """What a passage lacks of an answer each word of which stands somewhere around it."""
    return unsupported(answer, passage, lambda word: True)


@pytest.mark.parametrize(
    ("answer", "passage", "strange"),
    [
        ("$1.2 million", "Revenue was $1.2 billion.", "$1.2 million"),
        ("€1.2 billion", "Revenue was $1.2 billion.", "€1.2 billion"),
        ("1.2bn", "Revenue was 1.2m.", "1.2bn"),
        ("$5 million", "Margin rose by 5 %.", "$5 million"),
        ("5 percent", "It rose by 5 basis points.", "5 percent"),
        ("12 years", "a term of 12 months", "12 years"),
        ("30 months", "within thirty (30) days of notice", "30 months"),
        ("5 million", "It rose by 5%.", "5 million"),
        ("1.2 billion", "Revenue was 1,200 billion.", "1.2"),
        ("5 Millionen Euro", "Der Umsatz betrug 5 Milliarden Euro.", "5 Millionen Euro"),
    ],
)
def test_another_scale_or_unit_is_a_contradiction(answer, passage, strange):
    assert missing(answer, passage) == (strange,)


@pytest.mark.parametrize(
    ("answer", "passage"),
    [
        ("$1,577 million", "Purchases of property | 1,577 | in millions of USD"),
        ("$1,577 million", "Purchases of property (1,577)"),
        ("$1.2 billion", "USD 1,200 million"),
        ("1.2 billion dollars", "US$ 1.2bn"),
        ("$5 million (5 %)", "5 % or $5m"),
        ("5 %", "from 4 to 5 and 6 %"),
        ("2 million", "Net income was 2,000 thousand."),
        ("2 million", "Net income was 2,000,000."),
        ("30 days", "30 business days"),
        ("5 days", "within five (5) days"),
        ("2021", "2021 $ 1,749"),
        ("12-month term", "a term of 12 months"),
    ],
)
def test_what_only_one_side_names_contradicts_nothing(answer, passage):
    assert missing(answer, passage) == ()


@pytest.mark.parametrize(
    ("answer", "passage", "strange"),
    [
        ("-5 %", "Growth was 5 % in 2023.", ("-5 %",)),
        ("\u2212$5", "Growth was $5.", ("\u2212$5",)),
        ("-512", "Net income (512)", ()),
        ("-5 %", "It fell by 5 %.", ()),
        ("1,577", "Purchases (1,577)", ()),
        ("5 %", "It changed by -5 %.", ()),
        ("512 profit", "Net loss was (512).", ("512",)),
        ("a profit of 512", "Profit (loss) for the year | 512", ()),
        ("a gain of 512", "Gain on sale (512)", ()),
        ("from 5-10 %", "5 to 10 %", ()),
        ("2022-2023", "2022 and 2023", ()),
    ],
)
def test_a_sign_is_compared(answer, passage, strange):
    assert missing(answer, passage) == strange


@pytest.mark.parametrize(
    ("answer", "passage", "strange"),
    [
        ("Bob Jones", "The CFO is Anna Smith.", ("Bob", "Jones")),
        ("Anna Smith", "The CFO is Anna Smith.", ()),
        ("The CFO is Bob Jones.", "She has held the office since 2020.", ()),
        ("\u5f20\u4f1f", "\u9996\u5e2d\u8d22\u52a1\u5b98\u662f\u674e\u660e", ("\u5f20\u4f1f",)),
        ("\u674e\u660e", "\u9996\u5e2d\u8d22\u52a1\u5b98\u662f\u674e\u660e", ()),
        ("\u674e\u660e\u3002", "\u9996\u5e2d\u8d22\u52a1\u5b98\u662f\u674e\u660e", ()),
        ("\u662f\u7684", "\u9996\u5e2d\u8d22\u52a1\u5b98\u662f\u674e\u660e", ()),
    ],
)
def test_an_answer_that_is_a_name_must_stand_in_the_quote(answer, passage, strange):
    assert missing(answer, passage) == strange


@pytest.mark.parametrize(
    ("answer", "passage", "strange"),
    [
        ("fourteen directors", "There are twelve directors.", ("fourteen",)),
        ("fourteen directors", "There are fourteen directors.", ()),
        ("fourteen directors", "There are 14 directors.", ()),
        ("There are 25.", "There are twenty-five.", ()),
        ("There are 5.", "There are twenty-five.", ("5",)),
        ("twenty-five", "There are thirty.", ("twenty-five",)),
        ("two hundred", "one hundred of them", ("two hundred",)),
        ("two hundred and fifty", "250 of them", ()),
        ("five thousand", "5,000 of them", ()),
        ("one of them", "Anna is a member.", ()),
        ("two directors resigned", "Both directors resigned.", ()),
    ],
)
def test_figures_in_words_are_compared(answer, passage, strange):
    assert missing(answer, passage) == strange


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("-$5 and $-5", ["-$5", "$-5"]),
        ("$(512) or (US$ 5m)", ["$(512)", "(US$ 5m)"]),
        ("rose (by 5 %)", ["5 %"]),
        ("5-10 days", ["5", "10 days"]),
        ("twenty-five people", ["twenty-five"]),
    ],
)
def test_an_amount_is_told_with_its_sign_and_unit(text, told):
    assert [amount.text for amount in amounts(text)] == told


PIECES = [
    "5",
    "1,200",
    "1.2",
    "-",
    "(",
    ")",
    "$",
    "€",
    "%",
    "million",
    "bn",
    "five",
    "hundred",
    "and",
    "days",
    "rose",
    "fell",
    ".",
    "x",
]
TEXTS = st.text() | st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)


@given(TEXTS)
def test_every_text_bears_itself_out(text):
    assert unsupported(text, text, lambda word: True) == ()


def test_a_unit_behind_figures_in_brackets_is_read():
    assert missing("30 days", "within thirty (30) calendar days of notice") == ()


def test_the_middle_of_a_code_is_no_name():
    assert missing("the strain 3D7 grew", "the strain was 3d7 and it grew") == ()


@pytest.mark.parametrize("verdict", ["Oui", "Increase", "Unknown"])
def test_a_verdict_is_no_name(verdict):
    assert missing(verdict, "It rose.") == ()
