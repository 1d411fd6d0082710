import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import strategies as st

from minions_core.errors import UsageError
from minions_core.search import Index, search
from minions_core.search.index import _forms
from tests.core.cutting import always


def finds(text, query):
    """Whether `query` finds `text` among texts on other matters."""
    return Index(["zebra quagga", text, "okapi"]).top(query, 3) == [1]


def test_a_text_that_holds_the_word_outranks_one_that_does_not():
    texts = ["the cat sat on the mat", "capital expenditure rose", "nothing of the kind"]
    assert Index(texts).top("capital expenditure of the company", 3) == [1]


def test_a_rare_word_counts_more_than_a_common_one():
    texts = ["sales rose", "sales fell", "sales of turbines", "turbines"]
    assert Index(texts).top("sales turbines", 2) == [2, 3]


def test_a_word_that_comes_often_counts_more_in_texts_of_like_length():
    texts = ["debt and taxes were paid", "debt upon debt was paid"]
    assert Index(texts).top("debt", 2) == [1, 0]


def test_ties_are_in_the_order_of_the_texts():
    assert Index(["debt", "cash", "debt", "debt"]).top("debt", 4) == [0, 2, 3]


def test_the_best_of_equals_are_the_first():
    assert Index(["debt"] * 9).top("debt", 2) == [0, 1]


def test_more_than_there_is_may_be_asked_for():
    assert Index(["debt", "cash"]).top("debt cash", 100) == [0, 1]


def test_no_more_is_found_than_asked_for():
    assert len(Index(["debt"] * 9).top("debt", 4)) == 4


@pytest.mark.parametrize("k", [0, -1, True, 2.0, "3", None])
def test_a_number_of_texts_that_makes_no_sense_is_refused(k):
    with pytest.raises(UsageError, match="must be a whole number of at least 1"):
        Index(["debt"]).top("debt", k)


@pytest.mark.parametrize("query", ["", "  ", "?!", "what is the of", "unheard", "___"], ids=repr)
def test_a_query_without_a_word_to_find_finds_nothing(query):
    assert Index(["what is the cash", "of all the debt"]).top(query, 5) == []


@pytest.mark.parametrize("texts", [[], [""], ["", " "], ["the of and"]], ids=repr)
def test_texts_without_words_are_never_found(texts):
    assert Index(texts).top("the cash", 3) == []


def test_empty_texts_keep_their_places():
    assert Index(["", "cash", "", "debt"]).top("debt", 3) == [3]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("companies", "company"),
        ("expense", "expenses"),
        ("taxes", "tax"),
        ("losses", "loss"),
        ("increased", "increasing"),
        ("acquire", "acquired"),
        ("planned", "plans"),
        ("controlling", "control"),
        ("selling", "sell"),
        ("businesses", "business"),
        ("invested", "investing"),
        ("the board's recommendations", "recommended"),
        ("obligations", "obligation"),
        ("REVENUE", "revenue"),
        ("café", "Cafe"),
        ("cafe\u0301", "café"),
        ("Straße", "STRASSE"),
        ("ﬁnance", "finance"),
        ("the company's debts", "debt"),
        ("net_income_2023", "net_income_2023"),
        ("net_income_2023", "income"),
        ("maxChunkSize", "chunk"),
        ("HTTPServer", "server"),
        ("__init__", "init"),
        ("FY2023", "2023"),
        ("2,023", "2023"),
        ("$1,577 million", "1577"),
        ("1577", "1,577"),
        ("12,345,678.9", "12345678.9"),
        ("rose by 12.5%.", "12.5"),
        ("on 31.12.2023", "2023"),
        ("Section 3.2.1", "3.2.1"),
        ("日本語の文書", "日本"),
        ("第一章", "第一章"),
    ],
)
def test_words_are_found_in_other_forms(text, query):
    assert finds(text, query)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("1,577", "577"),
        ("2023", "202"),
        ("12.5", "12"),
        ("bring", "br"),
        ("status", "stat"),
        ("during", "d"),
        ("日本", "本日"),
    ],
)
def test_words_are_not_found_by_scraps_of_them(text, query):
    assert not finds(text, query)


@always(
    texts=st.lists(st.text(max_size=40), max_size=8),
    query=st.text(max_size=20),
    k=st.integers(1, 20),
)
def test_what_is_found_is_some_of_the_texts_each_once(texts, query, k):
    found = Index(texts).top(query, k)
    assert len(found) == len(set(found)) <= k
    assert set(found) <= set(range(len(texts)))


@always(word=st.from_regex(r"[a-z]{5,9}", fullmatch=True).map(lambda word: f"q{word}"))
def test_every_word_finds_the_text_it_stands_in(word):
    assert finds(f"Before {word} and after", word)


def test_a_single_phrasing_may_be_a_string_or_a_list():
    texts = ["capital expenditure", "purchases of equipment"]
    assert search(texts, "equipment") == search(texts, ["equipment"]) == [1]


def test_several_phrasings_find_what_any_of_them_finds():
    texts = ["capital expenditure", "nothing", "purchases of equipment"]
    assert search(texts, ["capital expenditure", "equipment purchases"]) == [0, 2]


def test_a_text_found_by_all_phrasings_comes_before_one_found_by_one():
    texts = ["capex capex capex", "capex and equipment", "equipment equipment"]
    assert search(texts, ["capex", "equipment"])[0] == 1


def test_a_phrasing_said_twice_counts_once():
    texts = ["debt", "cash", "cash"]
    assert search(texts, ["cash", "cash", "debt"]) == search(texts, ["cash", "debt"])


def test_no_phrasing_finds_nothing():
    assert search(["cash"], []) == []


@pytest.mark.parametrize("query", ["cash", ["cash", "money"], []], ids=repr)
def test_search_finds_no_more_than_asked_for_and_refuses_nonsense(query):
    assert len(search(["cash money"] * 9, query, k=2)) <= 2
    with pytest.raises(UsageError):
        search(["cash"], query, k=0)


def test_words_are_told_apart_alike_in_many_threads():
    words = [f"{a}{b}tion{end}" for a in "bcdfg" for b in "aeiou" for end in ("s", "al", "ed")] * 9
    alone = [_forms(word) for word in words]
    _forms.cache_clear()
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(_forms, words)) == alone


def test_searching_prints_and_logs_nothing(capfd, caplog):
    with caplog.at_level(logging.DEBUG):
        assert search(["cash", "debt"], ["debt", "the"]) == [1]
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


def test_importing_the_module_does_not_import_its_engine():
    code = "import sys, minions_core.search; print('bm25s' in sys.modules, 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603, our own code
    assert done.stdout == "False False\n"


@pytest.mark.parametrize(
    ("texts", "query", "found"),
    [
        pytest.param(
            ["कंपनी का मुनाफा दो करोड़ था", "कंपनी का मुख्यालय दिल्ली में है", "मेरा काम"],
            "मुख्यालय",
            [1],
            id="hindi",
        ),
        pytest.param(["বাংলা নিট মুনাফা", "প্রধান কার্যালয় ঢাকায়"], "কার্যালয়", [1], id="bengali"),
        pytest.param(["நிறுவனத்தின் வருவாய்", "தலைமை அலுவலகம்"], "அலுவலகம்", [1], id="tamil"),
        pytest.param(["كِتَابٌ جديد", "مال"], "كتاب", [0], id="arabic with its vowels"),
        pytest.param(["می‌شود", "کتاب"], "میشود", [0], id="persian with joiners"),
    ],
)
def test_a_word_is_one_word_with_the_vowels_written_around_its_letters(texts, query, found):
    assert search(texts, query) == found


@pytest.mark.parametrize(
    ("query", "found"), [("รายได้", 0), ("สำนักงานใหญ่", 2)], ids=["revenue", "head office"]
)
def test_thai_words_are_found_though_nothing_divides_them(query, found):
    texts = ["บริษัทมีรายได้ห้าล้านบาท", "กำไรสองล้านบาท", "สำนักงานใหญ่อยู่ในกรุงเทพ"]
    assert search(texts, query)[0] == found


def test_one_letter_alone_is_not_a_word_it_begins():
    assert search(["मुख्यालय दिल्ली"], "म") == []
