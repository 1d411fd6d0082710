"""Answers that say there is none, and answers that merely sound like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.jobs import is_abstention


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
        "NaN",
        "[]",
        "undefined",
        "None found",
        "Not in the text.",
        "Not explicitly stated in the excerpt.",
        "I'm sorry, but the text does not mention capital expenditure.",
        "Unfortunately, the text does not say.",
        "Based on the provided excerpt, there is no information about dividends.",
        "According to the report, not disclosed.",
        "No specific amount is mentioned in the excerpt.",
        "The answer is null.",
        "Answer: None",
        "The provided text does not contain the information, so the answer is null.",
        "Not mentioned. The excerpt discusses governance.",
        "null (the excerpt is only about governance)",
        "There is not enough information to answer the question.",
        "I cannot find it in the text",
        "I could not find any mention of this.",
        "Unable to find information about capex in the text",
        "Unable to determine.",
        "Cannot be found in the document.",
        "It doesn't say.",
        "does not mention capital expenditure",
        "The answer is not in the excerpt provided.",
        "Not mentioned in the text above",
        "The excerpt provided does not mention it.",
        "No evidence of fraud was found in the text.",
        "There is no evidence of fraud in the excerpt provided.",
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
        "No evidence of fraud was found",
        "No evidence of fraud was found in the accounts.",
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
        "Nil",
        "Sorry",
        "It cannot be found liable under section 4",
        "cannot be terminated before 2025",
        "Unable to find a buyer",
        "Cannot determine the price without consent",
        "The section does not include fixtures",
        "Based on the excerpt, none of the directors resigned.",
        "According to the report, no",
        "Answer: 5",
        "No dividends were paid",
        "No guarantee is given",
        "None were issued",
        "not applicable to tenants",
        "false",
        "null and void",
        "not until 2024",
        "The excerpt discusses revenue.",
        "The report is about 5 companies",
        "No. The text does not mention it.",
    ],
)
def test_an_answer_that_merely_sounds_like_none_counts(answer):
    assert not is_abstention(answer)


@given(
    st.integers(), st.sampled_from(["{}", "{} million", "${}", "None of the {}", "{} directors"])
)
def test_an_answer_with_a_figure_counts(number, wording):
    assert not is_abstention(wording.format(number))


@given(st.text())
def test_any_text_is_an_abstention_or_not(text):
    assert is_abstention(text) in {True, False}


@given(
    st.sampled_from(["none", "N/A", "not found", "null"]), st.text(" \n\t\"'.*`()[]-", max_size=5)
)
def test_marks_around_an_abstention_change_nothing(word, marks):
    assert is_abstention(f"{marks}{word}{marks}")


def test_an_abstention_of_many_words_is_soon_recognised_or_not():
    assert not is_abstention("is not " * 42)
