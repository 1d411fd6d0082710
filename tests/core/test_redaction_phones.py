"""Telephone numbers, among figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.redaction import PatternRedactor

REDACTOR = PatternRedactor(["PHONE"])


def found(text):
    spans = {item.span for item in REDACTOR.find(text)}
    return [text[span.start : span.end] for span in sorted(spans)]


@pytest.mark.parametrize(
    "number",
    [
        "+1 925 941 6060",
        "+19259416060",
        "+1 (925) 941-6060 ext. 12",
        "+44 20 7946 0958",
        "+44 (0)20 7946 0958",
        "+49 30/1234567",
        "+33 6 12 34 56 78",
        "+55 11 96123-4567",
        "(925) 941-6060",
        "(925) 941-6060 ext. 8187",
        "925-941-6060",
        "925.941.6060",
        "925/941-6060",
        "1-800-555-0199",
        "(11) 96123-4567",
        "020 7946 0958",
        "(030) 12345678",
        "089-1234567",
        "06 12 34 56 78",
        "03-1234-5678",
        "0412 345 678",
    ],
)
def test_a_number_that_looks_like_a_phones_is_found_in_any_sentence(number):
    assert found(f"Ring {number}, please.")[0] == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Tel.: 5550199", "5550199"),
        ("Phone: 12 34 56 78", "12 34 56 78"),
        ("FAX:       555 01 99", "555 01 99"),
        ("Fax No.: 925 941 6060", "925 941 6060"),
        ("Telephone number 9259416060", "9259416060"),
        ("Phone (work): 9259416060 x12", "9259416060 x12"),
        ("mobile 07911123456", "07911123456"),
        ("Fax No.:\n  925 941 6060", "925 941 6060"),
        ("Telefon +4930123456", "+4930123456"),
    ],
)
def test_a_number_that_a_word_announces_is_found(text, number):
    assert found(text) == [number]


@pytest.mark.parametrize(
    "text",
    [
        "9259416060",
        "925 941 6060",
        "(925) 941 6060",
        "12-925-941-6060",
        "925-941-6060-1",
        "+12 345 678",
        "+345 678 901",
        "+1234567",
        "+0123456789",
        "x+1234567890",
        "+19259416060123",
        "08 09 10 11 12",
        "05 06 07 08 10 11",
        "01 2023 2022",
        "09-10-2023 12:30",
        "Fax: 2023 2022 2021",
        "Phone: 1,234,567",
        "Phone: 1234567.50",
        "Phone: 1234567 %",
        "Mobile 12 345 678",
        "telex 1234567",
        "smartphone: 7",
    ],
)
def test_other_numbers_are_none(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+1 925 941 6060 2 pages", "+1 925 941 6060"),
        ("+44 20 7946 0958 12345", "+44 20 7946 0958"),
    ],
)
def test_a_number_that_follows_is_no_part_of_it(text, number):
    assert found(text) == [number]


@given(st.text("+()-. /0123456789", max_size=60))
def test_numbers_run_together_are_told_apart_or_left(text):
    assert all(number in text for number in found(f"Tel: {text}"))
