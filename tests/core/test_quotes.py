"""Where a quote stands, whatever happened to it on the way."""

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from minions_core.documents import Span
from minions_core.evidence.folding import fold
from minions_core.evidence.quotes import Source

REPORT = """CONSOLIDATED STATEMENTS
Purchases of property, plant and
equipment (PP&E)
(1,749)
(1,373)
(1,577)
Net income
5,363
The \ufb01rm\u2019s long\u2011term debt was $ 12 million \u2014 \u201cbig\u201d.
Net in\u00adcome of the cafe\u0301 rose 20.2 % in 2021, as the board had expected it to.
"""


def found(quote: str, text: str = REPORT) -> str | None:
    parts = Source(text).locate(quote)
    return text[parts[0].start : parts[-1].end] if parts else None


@pytest.mark.parametrize(
    ("quote", "passage"),
    [
        pytest.param("Net income\n5,363", "Net income\n5,363", id="as it is"),
        pytest.param("net INCOME 5,363", "Net income\n5,363", id="case and line breaks"),
        pytest.param("the firm's", "The \ufb01rm\u2019s", id="ligature and apostrophe"),
        pytest.param("long-term debt", "long\u2011term debt", id="dash"),
        pytest.param("debt was $12 million", "debt was $ 12 million", id="space after a currency"),
        pytest.param("debt was €12 million", "debt was $ 12 million", id="another currency"),
        pytest.param('million - "big".', "million \u2014 \u201cbig\u201d.", id="quotation marks"),
        pytest.param("Net income of the café", "Net in\u00adcome of the cafe\u0301", id="accent"),
        pytest.param("income 5363", "income\n5,363", id="separator of thousands"),
        pytest.param("rose 20.2% in", "rose 20.2 % in", id="percent sign"),
        pytest.param('"... the cafe rose..."', "the cafe\u0301 rose", id="outer ellipses"),
        pytest.param(
            "Purchases of property ... (1,577)",
            "Purchases of property, plant and\nequipment (PP&E)\n(1,749)\n(1,373)\n(1,577)",
            id="inner ellipsis",
        ),
        pytest.param(
            "EQUIPMENT (PP&E) (1,373)", "equipment (PP&E)\n(1,749)\n(1,373)", id="cell of a row"
        ),
        pytest.param(
            "equipment (PP&E) (1,749) (1,577)",
            "equipment (PP&E)\n(1,749)\n(1,373)\n(1,577)",
            id="two cells of a row",
        ),
        pytest.param(
            "rose 20.2 % in 2021 as the bord has expected it",
            "rose 20.2 % in 2021, as the board had expected it",
            id="slips of the pen",
        ),
        pytest.param("Net income 1,577", None, id="a cell of another row"),
        pytest.param("(1,577) ... Purchases of property", None, id="parts out of order"),
        pytest.param("rose 20.2 % since the board had wanted", None, id="another wording"),
        pytest.param("", None, id="empty"),
        pytest.param(" \n", None, id="blank"),
        pytest.param("...", None, id="only an ellipsis"),
    ],
)
def test_a_quote_is_found_where_it_stands(quote, passage):
    assert found(quote) == passage


def test_a_whole_word_is_preferred():
    assert Source("15 and 5").locate("5") == (Span(7, 8),)


def test_parts_too_far_apart_are_no_quote():
    assert found("alpha ... omega", "Alpha. " + "x " * 2000 + "Omega.") is None


def test_the_first_part_next_to_the_second_is_taken():
    text = "Total 1. " + "x " * 2000 + "Total 2 or 3."
    assert found("total ... 3", text) == "Total 2 or 3."


def test_the_closest_parts_are_taken():
    assert found("sales ... 3", "Sales 1, then sales 2 or 3.") == "sales 2 or 3."


def test_the_parts_of_a_quote_are_told():
    source = Source("Sales\n10\n20\n30")
    assert source.locate("Sales 30") == (Span(0, 5), Span(12, 14))


def test_a_row_that_ends_too_soon_is_no_match():
    assert found("Net income 1 2", "Net income 1") is None


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("The board shall be liable for damages.", "The board shall not be liable for damages."),
        ("The board shall not be liable for damages.", "The board shall be liable for damages."),
        (
            "The board is liable for damages of any kind.",
            "The board isn't liable for damages of any kind.",
        ),
        (
            "The tenant can end the lease of the house.",
            "The tenant cannot end the lease of the house.",
        ),
        ("The fine was paid in all of the cases.", "The fine was paid in all of the 9 cases."),
    ],
)
def test_a_negation_or_a_figure_is_no_slip(quote, text):
    assert found(quote, text) is None


def test_a_negation_may_be_written_otherwise():
    text = "The committee isn\u2019t liable for damages of any kind."
    assert found("The comittee is not liable for damages of any kind", text) == text


def test_slips_may_be_forbidden():
    source = Source("The committee will report in March.")
    assert source.locate("The comittee will report in March", slips=False) == ()


@pytest.mark.parametrize(
    ("quote", "parts"),
    [
        pytest.param("net INCOME 5,363", ["Net income\n5,363"], id="as it is"),
        pytest.param(
            "equipment (PP&E) (1,749) (1,577)",
            ["equipment (PP&E)", "(1,749)", "(1,577)"],
            id="cells of a row",
        ),
        pytest.param("Purchases of ... (1,577)", ["Purchases of", "(1,577)"], id="ellipsis"),
        pytest.param("rose 20.2 % since", [], id="another word"),
        pytest.param("income of board", [], id="known words that never met"),
        pytest.param("et income 5,363", [], id="a word cut"),
        pytest.param("***", [], id="marks"),
    ],
)
def test_whole_words_are_found_without_slips(quote, parts):
    spans = Source(REPORT).locate_words(quote)
    assert [REPORT[span.start : span.end] for span in spans] == parts


def test_whole_words_need_no_spaces_in_scripts_without():
    source = Source("当社の資本的支出は十億円。")
    assert source.locate_words("資本的支出は") == (Span(3, 9),)


def test_a_text_without_spaces_is_searched_too():
    assert found("資本的支出は", "当社の資本的支出は十億円。") == "資本的支出は"


def test_a_quote_of_nothing_but_marks_is_found_as_it_is():
    assert found("***", "a *** b") == "***"


def test_a_text_without_words_holds_no_words():
    assert found("word", "*** --- ***") is None


@pytest.mark.parametrize(
    ("place", "words"),
    [
        pytest.param(Span(11, 13), "1,577", id="a figure cut at both ends"),
        pytest.param(Span(5, 8), "was", id="a whole word"),
        pytest.param(Span(0, 15), "Debt was (1,577)", id="the whole text"),
    ],
)
def test_words_are_never_cut(place, words):
    assert Source("Debt was (1,577)").words_at(place).strip("()") == words.strip("()")


def test_a_word_is_known_only_as_a_whole():
    source = Source("Tim Cook resigned.")
    assert (source.has_word("cook"), source.has_word("coo")) == (True, False)


WORDS = st.text(st.sampled_from("abcdeABß éﬁ1,.2 \n\t\u00ad\u0301\"'-—…$"), max_size=80)


@given(st.text(min_size=1), st.data())
def test_any_part_of_any_text_is_found_as_it_is(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    quote = text[start : data.draw(st.integers(start + 1, len(text)))]
    assume(quote.strip())
    assert found(quote, text) == quote


# Parts that fold to nothing, or fold otherwise once their case is changed, are drawn often.
@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(WORDS, st.data())
def test_any_part_is_found_whatever_its_case_and_white_space(text, data):
    start = data.draw(st.integers(0, len(text)))
    part = text[start : data.draw(st.integers(start, len(text)))]
    quote = "\n ".join(part.swapcase().split())
    assume(fold(quote) and fold(quote) == fold(part))
    assume(quote not in text)
    assert fold(found(quote, text)) == fold(quote) or fold(quote) in fold(found(quote, text))


@given(
    st.lists(st.sampled_from(["net", "of", "Cash", "1", "2,5", "7%", "é", "x-y", "..."])), st.data()
)
def test_any_run_of_whole_words_is_found_among_others(words, data):
    start = data.draw(st.integers(0, len(words)))
    part = " ".join(words[start : data.draw(st.integers(start, len(words)))])
    source = Source(" ".join(words))
    assert source.locate_words(part) == source.locate(part, slips=False)


@given(WORDS, WORDS)
def test_a_place_is_never_outside_its_text(quote, text):
    spans = Source(text).locate(quote)
    ends = [end for span in spans for end in (span.start, span.end)]
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert ends == sorted(ends)


@given(
    st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", "1,234"]), min_size=9), st.data()
)
def test_a_changed_letter_does_not_hide_a_long_quote(words, data):
    quote = " ".join(words)
    at = data.draw(st.integers(0, len(quote) - 1))
    assume(quote[at] not in "1,234 ")
    changed = f"{quote[:at]}z{quote[at + 1 :]}"
    assert found(changed, f"Before it. {quote}. After it.") is not None


PLACES = st.lists(st.tuples(st.floats(0.2, 0.8), st.sampled_from(["q", "drop", "put"])), max_size=4)


def slipped(quote, slips):
    """`quote` with a letter changed, dropped or put in at each of some places."""
    for share, kind in slips:
        at = int(share * len(quote))
        letter = {"q": "q", "drop": "", "put": "x"}[kind]
        quote = f"{quote[:at]}{letter}{quote[at + (kind != 'put') :]}"
    return quote


NUMERALS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"]


@example(
    ["six", "two", "three", "four", "eleven", "ten", "seven", "eight", "one", "nine", "five"],
    [(0.78125, "drop"), (0.78125, "drop"), (0.796875, "drop")],
)
@given(st.permutations(NUMERALS), PLACES)
def test_slips_within_a_tenth_do_not_move_the_ends_of_a_quote(words, slips):
    quote = " ".join(words)
    assert found(slipped(quote, slips), f"Zero {quote}, fifteen.") == f"{quote},".rstrip(",")


RULE = "The board of directors shall meet every year to review the accounts of the company"


@pytest.mark.parametrize(
    "quote",
    [
        pytest.param(RULE.replace("board", "bord").replace("every", "evrey"), id="letters"),
        pytest.param(RULE.replace("shall", "shall shall"), id="a word twice"),
        pytest.param(RULE.replace("every ", ""), id="a word left out"),
        pytest.param(RULE.replace("directors", "the directors"), id="a word put in"),
        pytest.param(RULE.replace("board", "bord")[2:-3], id="words cut at both ends"),
    ],
)
def test_a_quote_with_slips_is_found_in_whole_words(quote):
    assert found(quote, f"Rules (1). {RULE} in May. Fees are due at the end.") == RULE


def test_a_quote_a_little_longer_than_the_text_is_found():
    assert found(f"{RULE}ies", RULE) == RULE


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        pytest.param("a" * 500 + "b" * 200, "a" * 200_000, id="one letter"),
        pytest.param("a " * 500 + "b " * 300, "a " * 100_000, id="one word"),
        pytest.param("label " + "1 " * 300 + "2", "label 1 " * 30_000, id="rows"),
        pytest.param("a ... b ... c", "a b " * 50_000, id="ellipses"),
        pytest.param("quick brown " * 150 + "ox", "quack brown fox " * 30_000, id="near misses"),
        pytest.param("AB" * 850 + "c" * 250, "ab" * 100_000, id="folded"),
    ],
)
def test_hostile_quotes_are_given_up_soon(quote, text):
    assert found(quote, text) is None


def test_what_a_transcript_spells_out_is_one_word():
    assert fold("all the T_V_s are") == "all the tvs are"
    assert found("All the TVs are", "But all the T_V_s are infrared") == "all the T_V_s are"


def test_names_with_underscores_stay_several_words():
    assert fold("net_income a_bc") == "net income a bc"
