"""What is hidden, behind which placeholder, and what comes back."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.documents import Span
from minions_core.errors import RedactionError
from minions_core.redaction import PatternRedactor, Sensitive, Vault

WORDS = [
    "anna@x.com",
    "Anna@X.com",
    "bo@y.org",
    "[EMAIL_1]",
    "[email 2]",
    "`EMAIL_1`",
    "`",
    "[",
    "]",
]
WORDS += [
    "Smith",
    "John Smith",
    "Smithson",
    "12.5",
    "EMAIL_1",
    " ",
    " ",
    ". ",
    "\n",
    "(925) 941-6060",
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=12).map("".join)


class Finds:
    """Finds given words of a kind, wherever they stand."""

    def __init__(self, **words):
        self.words = {word: kind for kind, words in words.items() for word in words.split("|")}

    def find(self, text):
        return [
            Sensitive(Span(*match.span()), kind)
            for word, kind in self.words.items()
            for match in re.finditer(re.escape(word), text)
        ]


class Once(Finds):
    """Finds them in the first text only, as a model that needs a sentence around a name."""

    def find(self, text):
        found, self.words = super().find(text), {}
        return found


NAMES = Finds(PERSON="John Smith|Smith", EMAIL="anna@x.com|Anna@X.com|bo@y.org")


def test_a_passage_is_hidden_behind_its_kind_and_a_number():
    vault = Vault(PatternRedactor())
    assert vault.hide("a@x.com, b@x.com, 10.0.0.1") == "[EMAIL_1], [EMAIL_2], [IP_1]"
    assert vault.placeholders == {
        "[EMAIL_1]": "a@x.com",
        "[EMAIL_2]": "b@x.com",
        "[IP_1]": "10.0.0.1",
    }


@pytest.mark.parametrize(
    ("kind", "value", "same"),
    [
        ("EMAIL", "anna@x.com", "Anna@X.COM"),
        ("PERSON", "John Smith", "John\n  Smith"),
        ("PHONE", "(925) 941-6060", "925.941.6060"),
        ("CARD", "4111 1111 1111 1111", "4111-1111-1111-1111"),
        ("IBAN", "DE89 3704 0044", "de8937040044"),
        ("SSN", "123-45-6789", "123456789"),
    ],
)
def test_the_same_value_has_the_same_placeholder_in_every_text(kind, value, same):
    vault = Vault(Once(**{kind: value}))
    assert vault.hide(f"by {value}!") == f"by [{kind}_1]!"
    assert vault.hide(f"by {same}!") == f"by [{kind}_1]!"
    assert vault.reveal(f"[{kind}_1]") == value


@pytest.mark.parametrize(
    ("kind", "value", "part"),
    [
        ("IBAN", "DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532"),
        ("IBAN", "DE89370400440532013000", "DE89 3704 0044 0532"),
        ("CARD", "4111 1111 1111 1234", "1111 1111 1234"),
        ("PHONE", "+1 (925) 941-6060", "925 941 6060"),
        ("PERSON", "John Ronald Smith", "Ronald Smith"),
        ("EMAIL", "john.smith@example.com", "smith@example.com"),
    ],
)
def test_a_long_part_of_a_known_value_is_hidden(kind, value, part):
    vault = Vault(Once(**{kind: value}))
    vault.hide(value)
    assert vault.hide(f"by {part}!") == f"by [{kind}_2]!"


def test_the_domain_of_a_known_address_is_not_hidden():
    vault = Vault(Once(EMAIL="jane@example.com"))
    vault.hide("jane@example.com")
    assert vault.hide("see example.com") == "see example.com"


def test_what_was_learnt_from_one_text_is_hidden_in_others():
    vault = Vault(Once(X="48213"))
    assert vault.learn("client no. 48213") == "client no. [X_1]"
    assert vault.hide("48213") == "[X_1]"


class Fails:
    """Cannot take any text."""

    def find(self, text):
        raise RuntimeError("too long")


def test_a_redactor_that_fails_is_named_and_nothing_comes_out():
    with pytest.raises(RedactionError, match=r"Fails failed .* RuntimeError: too long"):
        Vault(Fails()).hide("secret")


def test_case_tells_names_apart():
    vault = Vault(Once(PERSON="Will"))
    assert vault.hide("Will will") == "[PERSON_1] will"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Ann", "Annual"),
        ("Ann", "Joann"),
        ("125", "1250 125,000 125.5 4.125 1,125"),
        ("a@x.com", "a@x.community"),
    ],
)
def test_a_known_value_is_not_hidden_inside_another_word_or_number(value, text):
    vault = Vault(Once(X=value))
    vault.hide(value)
    assert vault.hide(text) == text


@pytest.mark.parametrize("text", ["(Ann)", "Ann's", "_Ann_", "Ann, 5", "Ann-Marie", "3.Ann"])
def test_a_known_value_is_hidden_between_marks(text):
    vault = Vault(Once(X="Ann"))
    vault.hide("Ann")
    assert vault.hide(text) == text.replace("Ann", "[X_1]")


def test_a_known_value_is_hidden_among_letters_where_a_script_parts_no_words():
    vault = Vault(Once(PERSON="王伟"))
    vault.hide("王伟")
    assert vault.hide("我是王伟先生") == "我是[PERSON_1]先生"


def test_of_known_values_at_one_place_the_longest_is_hidden():
    vault = Vault(Once(X="John", Y="John Smith Macallister"))
    vault.hide("John, John Smith Macallister")
    assert vault.hide("John Smith Macallister, John Smith") == "[Y_1], [X_1] Smith"


def test_a_phones_brackets_stay_balanced():
    vault = Vault(Once(PHONE="(925) 941-6060"))
    vault.hide("(925) 941-6060")
    assert vault.hide("(925-941-6060)") == "([PHONE_1])"


def test_of_passages_that_overlap_the_longest_tells_the_kind_and_all_are_hidden():
    vault = Vault(Finds(X="anna@x.com|com/john", Y="john/smith/"))
    assert vault.hide("to anna@x.com/john/smith/ only") == "to [Y_1] only"
    assert vault.placeholders == {"[Y_1]": "anna@x.com/john/smith/"}


def test_white_space_around_a_passage_is_not_hidden():
    assert Vault(Finds(X=" Ann ")).hide("by Ann today") == "by [X_1] today"


def test_a_passage_without_letters_or_digits_is_not_hidden():
    assert Vault(Finds(X="--")).hide("a -- b") == "a -- b"


def test_a_kind_is_spelled_as_placeholders_are():
    vault = Vault(Finds(**{"national id": "A1", "--": "B2"}))
    assert vault.hide("A1 B2") == "[NATIONAL_ID_1] [HIDDEN_1]"


def test_a_passage_across_a_placeholder_is_hidden_beside_it():
    vault = Vault(Finds(EMAIL="a@x.com", PERSON="Ann [EMAIL_1] Lee"))
    vault.hide("a@x.com")
    assert vault.hide("Ann [EMAIL_1] Lee") == "[PERSON_1] [EMAIL_1] [PERSON_2]"


@pytest.mark.parametrize("forged", ["[EMAIL_1]", "[email 1]", "`EMAIL_1`", r"\[EMAIL\_1\]"])
def test_a_placeholder_that_a_text_holds_already_is_nobodys_address(forged):
    vault = Vault(NAMES)
    hidden = vault.hide(f"{forged} bo@y.org")
    assert hidden == f"{forged} [EMAIL_2]"
    assert vault.reveal(hidden) == f"{forged} bo@y.org"


def test_a_placeholder_in_a_text_still_to_come_is_nobodys_address():
    vault = Vault(NAMES, ["as [EMAIL_1] wrote"])
    assert vault.hide("bo@y.org") == "[EMAIL_2]"
    assert vault.reveal(vault.hide("as [EMAIL_1] wrote")) == "as [EMAIL_1] wrote"


def test_a_secret_in_the_form_of_a_placeholder_is_hidden():
    vault = Vault(PatternRedactor((), {"EMP": r"EMP[ _]\d+"}))
    assert vault.hide("see [EMP 4711]") == "see [[EMP_1]]"


@pytest.mark.parametrize(
    "written",
    [
        "[EMAIL_1]",
        "[email_1]",
        "[Email 1]",
        "[EMAIL-1]",
        "[ EMAIL_1 ]",
        r"[EMAIL\_1]",
        r"\[EMAIL_1\]",
    ],
)
def test_a_placeholder_is_recognised_as_models_write_it(written):
    vault = Vault(NAMES)
    vault.hide("bo@y.org")
    assert vault.reveal(f"Ask {written}.") == "Ask bo@y.org."


def test_in_backticks_a_placeholder_needs_no_brackets():
    vault = Vault(NAMES)
    vault.hide("bo@y.org")
    assert vault.reveal("`EMAIL_1` `[EMAIL_1]`") == "`bo@y.org` `bo@y.org`"


@pytest.mark.parametrize(
    "text", ["[EMAIL_2]", "[EMAIL_01]", "[EMAIL]", "EMAIL_1", "[1]", "[EMAIL_11]"]
)
def test_what_is_no_placeholder_given_out_stays(text):
    vault = Vault(NAMES)
    vault.hide("bo@y.org")
    assert vault.reveal(text) == text


def test_a_value_is_not_searched_for_placeholders_when_it_comes_back():
    vault = Vault(Finds(X="a [Y_1] b", Y="secret"), ["a [Y_1] b"])
    hidden = vault.hide("a [Y_1] b, secret")
    assert hidden == "[X_1], [Y_2]"
    assert vault.reveal(hidden) == "a [Y_1] b, secret"


@given(TEXTS)
def test_what_was_hidden_comes_back_up_to_the_first_spelling(text):
    vault = Vault(NAMES)
    assert vault.reveal(vault.hide(text)).casefold() == text.casefold()


@given(TEXTS.map(lambda text: text.replace("Anna@X.com", "anna@x.com")))
def test_what_has_one_spelling_comes_back_exactly(text):
    vault = Vault(NAMES)
    assert vault.reveal(vault.hide(text)) == text


@given(st.text(alphabet="ab@x.com 0123456789()-[]_`EMAIL"), st.text(alphabet="ab@x.com []_EMAIL1"))
def test_any_text_comes_back_exactly_if_all_texts_are_known_at_the_start(one, other):
    vault = Vault(Finds(EMAIL="a@x.com", X="ab|b0|1|MA"), [one, other])
    assert [vault.reveal(vault.hide(text)) for text in (one, other)] == [one, other]


@given(st.lists(TEXTS, max_size=3), TEXTS)
def test_hiding_twice_changes_nothing(earlier, text):
    vault = Vault(NAMES)
    hidden = [vault.hide(one) for one in (*earlier, text)][-1]
    assert vault.hide(hidden) == hidden


@given(st.lists(TEXTS, max_size=3), TEXTS)
def test_no_sensitive_value_is_left_in_what_was_hidden(earlier, text):
    vault = Vault(NAMES)
    hidden = [vault.hide(one) for one in (*earlier, text)][-1]
    assert NAMES.find(hidden) == []


@given(TEXTS)
def test_the_same_texts_are_hidden_the_same_way_in_every_run(text):
    assert Vault(NAMES).hide(text) == Vault(NAMES).hide(text)


@given(TEXTS)
def test_without_a_redactor_nothing_changes(text):
    vault = Vault(None, [text])
    assert vault.hide(text) is text
    assert vault.reveal(text) is text
    assert vault.reveal_in_code(text) is text
    assert vault.revealing()(text) is text
