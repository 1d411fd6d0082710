"""What has a form by which it can be told: addresses, cards, accounts, patterns of one's own."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.documents import Span
from minions_core.errors import UsageError
from minions_core.redaction import PatternRedactor, Redactor, Sensitive

EVERYTHING = PatternRedactor()


def found(text, *kinds):
    """The passages found, without repetitions, in order."""
    spans = {item.span for item in PatternRedactor(kinds or None).find(text)}
    return [text[span.start : span.end] for span in sorted(spans)]


def luhn_digit(digits):
    """The digit that completes a number, worked out the slow way."""
    return next(
        str(last)
        for last in range(10)
        if sum(
            sum(divmod(int(digit) * (1 + place % 2), 10))
            for place, digit in enumerate(reversed(digits + str(last)))
        )
        % 10
        == 0
    )


def german_iban(account):
    return f"DE{98 - int(account + '131400') % 97:02}{account}"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Write to anna.lee@example.com.", "anna.lee@example.com"),
        ("<Anna_Lee+x@mail.example.co.uk>", "Anna_Lee+x@mail.example.co.uk"),
        ("mailto:o'brien@example.org?x", "o'brien@example.org"),
        ("jürgen@müller.de", "jürgen@müller.de"),
        ("a@xn--mller-kva.de;", "a@xn--mller-kva.de"),
    ],
)
def test_an_email_address_is_found(text, address):
    assert found(text, "EMAIL") == [address]


@pytest.mark.parametrize("text", ["a @ b.com", "@anna", "5 @ 3.20", "me@host", "icon@2x.png"])
def test_what_only_has_an_at_sign_is_no_address(text):
    assert found(text, "EMAIL") == []


@pytest.mark.parametrize(
    "number",
    [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111111111111111",
        "5555555555554444",
        "2223003122003222",
        "3782 822463 10005",
        "30569309025904",
        "6011111111111117",
        "3530111333300000",
    ],
)
def test_a_card_is_found_whatever_follows(number):
    assert found(f"Card {number} 12/27", "CARD") == [number]


@given(st.sampled_from(["4", "51", "2221", "6011", "35"]), st.text("0123456789", min_size=14))
def test_a_number_is_a_card_exactly_if_its_check_digit_is_right(issuer, rest):
    digits = (issuer + rest)[:15]
    right = luhn_digit(digits)
    wrong = str((int(right) + 1) % 10)
    assert found(f"no {digits}{right}", "CARD") == [digits + right]
    assert found(f"no {digits}{wrong}", "CARD") == []


@pytest.mark.parametrize(
    "text",
    [
        "1111 1111 1111 1117",  # right by Luhn, but nobody issues them
        "12 4111 1111 1111 1111",  # the row of a table
        "A4111111111111111",
        "4111111111111111.50",
        "4111 1111-1111 1111",
    ],
)
def test_what_is_written_unlike_a_card_is_none(text):
    assert found(text, "CARD") == []


@pytest.mark.parametrize(
    "account",
    [
        "GB82 WEST 1234 5698 7654 32",
        "DE89 3704 0044 0532 0130 00",
        "DE89370400440532013000",
        "FR14 2004 1010 0505 0001 3M02 606",
        "NO93 8601 1117 947",
        "mt84 malt 0110 0001 2345 mtlc ast0 01s",
    ],
)
def test_an_iban_is_found_up_to_its_last_character(account):
    assert found(f"IBAN {account} EUR 500", "IBAN") == [account]


@given(st.text("0123456789", min_size=18, max_size=18), st.integers(1, 96))
def test_digits_are_an_iban_exactly_if_their_check_is_right(account, off):
    right = german_iban(account)
    wrong = f"DE{(int(right[2:4]) + off) % 97:02}{account}"
    assert found(f"to {right}.", "IBAN") == [right]
    assert found(f"to {wrong}.", "IBAN") == []


@pytest.mark.parametrize(
    "text", ["XX89370400440532013000", "DE8937040044053201300", "Note DE89 of 2022", "CO2022"]
)
def test_other_letters_and_digits_are_no_iban(text):
    assert found(text, "IBAN") == []


@pytest.mark.parametrize(
    "text", ["123-45-6789", "SSN 123 45 6789", "social security no: 123456789"]
)
def test_a_social_security_number_is_found(text):
    assert found(text, "SSN") == [text[text.index("1") :]]


@pytest.mark.parametrize(
    "text",
    [
        "000-12-3456",
        "666-12-3456",
        "912-34-5678",
        "123-00-4567",
        "123-45-0000",
        "123 45 6789",
        "123456789",
        "4-123-45-6789",
        "123-45-6789-1",
        "123-45 6789",
    ],
)
def test_numbers_never_given_out_or_written_otherwise_are_no_social_security_numbers(text):
    assert found(text, "SSN") == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("logged in from 192.168.0.12.", "192.168.0.12"),
        ("10.0.0.1:8080", "10.0.0.1"),
        ("http://203.0.113.7/x", "203.0.113.7"),
        ("the server at 8.8.4.4", "8.8.4.4"),
        ("8.8.4.4:53", "8.8.4.4"),
        ("2001:db8::8a2e:370:7334", "2001:db8::8a2e:370:7334"),
        ("[fe80::1]", "fe80::1"),
    ],
)
def test_an_address_of_a_machine_is_found(text, address):
    assert found(text, "IP") == [address]


@pytest.mark.parametrize(
    "text",
    [
        "4.2.1.3 Scope of the audit",
        "see 4.2.1.3 and Section 10.120.3.1",
        "Version 10.0.190.1",
        "Chrome/120.0.0.0",
        "1.2.3.4.5",
        "300.1.2.3",
        "at 12:30:45",
        "std::vector, a::b and ::",
        "00:1A:2B:3C:4D:5E",
        "in the ratio 1:2:3:4:5:6:7:8",
    ],
)
def test_versions_sections_and_times_are_no_addresses(text):
    assert found(text, "IP") == []


@pytest.mark.parametrize(
    "text",
    [
        "Purchases of property, plant and equipment (1,577) (1,373) (1,420) 1,577,000",
        "2023 2022 2021 2020 | 4 500 3 200 4 532 4 120 | 350 420 1200 380",
        "ISBN 978-3-16-148410-0, ISBN 0-306-40615-2, part no. 925-94160-60",
        "Commission file number 001-34756, I.R.S. No. 46-1234567, CUSIP 037833100",
        "March 31, 2023; 31.12.2023; 2023-03-31; 31/12/2023 23:59; pages 120-134",
        "$1.234.567,89 +12.5% -3,400 (925) 0.0925 3.141592653589793 1e10 5550123456",
        "(350) 420 1200 (212) 555 1234 +345 678 901 +12 345 678",
        "05 06 07 08 09 and 01 2023 2022 and 0 12 345 678",
        "Mobile 12 345 678 13 456 789; Telephone 1 234 567; Fax: 2023 2022 2021",
        "US$ 4,111,111,111 in 1,111 cases; Accession 0001193125-12-065791",
    ],
)
def test_figures_of_reports_are_left_alone(text):
    assert EVERYTHING.find(text) == []


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=12), st.sampled_from("|\t\n"))
def test_a_table_of_amounts_is_left_alone(amounts, between):
    assert EVERYTHING.find(between.join(f"{amount:,}" for amount in amounts)) == []


@given(st.text())
def test_what_is_found_lies_within_the_text(text):
    spans = [item.span for item in EVERYTHING.find(text)]
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


def test_only_the_kinds_wanted_are_looked_for():
    assert found("a@b.com 10.0.0.1", "IP") == ["10.0.0.1"]


def test_a_pattern_of_ones_own_has_its_kind():
    redactor = PatternRedactor(
        (), {"CLIENT": "Smith|Jones", "CASE": re.compile("x+", re.IGNORECASE)}
    )
    assert redactor.find("XX Smith") == [
        Sensitive(Span(3, 8), "CLIENT"),
        Sensitive(Span(0, 2), "CASE"),
    ]


def test_of_a_pattern_with_a_group_named_value_only_that_is_hidden():
    redactor = PatternRedactor((), {"CLIENT": r"client no\. (?P<value>\d+)"})
    assert redactor.find("client no. 77") == [Sensitive(Span(11, 13), "CLIENT")]


def test_a_pattern_that_matches_nothing_hides_nothing():
    assert PatternRedactor((), {"CLIENT": "x*"}).find("abc") == []


@pytest.mark.parametrize(
    ("kinds", "extra", "message"),
    [
        pytest.param(["NAME"], {}, "no built-in kind 'NAME'; there are EMAIL", id="no such kind"),
        pytest.param(None, {"client id": "x"}, "'client id' cannot name a kind", id="a bad name"),
        pytest.param(None, {"CLIENT": "("}, "the pattern of CLIENT cannot be", id="a bad pattern"),
    ],
)
def test_what_cannot_be_used_is_told_at_once(kinds, extra, message):
    with pytest.raises(UsageError, match=message):
        PatternRedactor(kinds, extra)


def test_it_is_a_redactor():
    assert isinstance(EVERYTHING, Redactor)
