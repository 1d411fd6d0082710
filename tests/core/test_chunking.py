from itertools import pairwise

import pytest

from minions_core.chunking import chunk_by_paragraph, chunk_by_section, cut
from tests.core.cutting import parts


def test_sections_begin_at_headings():
    text = "# One\n\n" + "First. " * 10 + "\n\n# Two\n\n" + "Second. " * 10
    assert [part[:5] for part in parts(text, cut(text, 110))] == ["# One", "# Two"]


def test_no_chunk_ends_in_a_heading():
    text = "Some words here. " * 5 + "\n\n# Results\n\n" + "More words here. " * 5
    assert [part[:9] for part in parts(text, cut(text, 100))] == ["Some word", "# Results"]


def test_sections_are_cut_at_blank_lines_rather_than_at_lines():
    text = "one one.\ntwo two.\n\nthree.\nfour four four."
    assert parts(text, cut(text, 30)) == ["one one.\ntwo two.", "three.\nfour four four."]


def test_a_line_that_ends_a_sentence_is_a_better_place_than_one_amid_it():
    text = "The first sentence.\nThe second sentence goes\non and on and on and on."
    assert parts(text, cut(text, 48))[0] == "The first sentence.\nThe second sentence goes"
    assert parts(text, cut(text, 30))[0] == "The first sentence."


@pytest.mark.parametrize(
    "sentence",
    [
        "It was Mr. Smith who came.",
        "See No. 5 of the list.",
        "J. Smith came.",
        "It has 2. Good ones.",
    ],
)
def test_abbreviations_and_enumerators_do_not_end_sentences(sentence):
    before = "First it rained for a long time."
    text = f"{before} {sentence} Then the sun came out."
    assert parts(text, cut(text, len(before) + len(sentence)))[0] == before


def test_a_table_that_fits_is_kept_whole_with_the_line_above_it():
    table = "Balance sheet\nItem | 2022 | 2023\nCash | 10 | 20\nDebt | 30 | 40"
    text = "Words before. " * 3 + "\n" + table + "\n" + "Words after. " * 3
    assert table in parts(text, cut(text, 80))


def test_columns_of_numbers_are_kept_whole_with_their_labels():
    table = (
        "              2022    2023\nAssets\n  Cash          10      20\n  Debt          30      40"
    )
    text = "Words before, many of them.\n\n" + table + "\n\n" + "Words after. " * 5
    assert any(table in part for part in parts(text, cut(text, 110)))


def test_a_table_that_does_not_fit_is_cut_between_rows():
    rows = [f"Row {number} | {number} | {number}" for number in range(40)]
    lines = [
        line
        for part in parts("\n".join(rows), cut("\n".join(rows), 100))
        for line in part.split("\n")
    ]
    assert lines == rows


def test_turns_of_a_transcript_are_kept_whole():
    turns = [f"{name}: {'well I think so ' * 3}" for name in ["Ann", "Bob Ray"] * 10]
    chunks = parts("\n".join(turns), cut("\n".join(turns), 250))
    assert all(chunk.startswith(("Ann: ", "Bob Ray: ")) for chunk in chunks)


def test_chinese_is_cut_at_its_full_stops():
    assert parts("一二三。四五六。七八", cut("一二三。四五六。七八", 6)) == [
        "一二三。",
        "四五六。七八",
    ]


def test_the_indentation_of_the_first_line_is_kept():
    text = "word " * 10 + "\n\n    2022  2023\nCash 1  2\n"
    assert parts(text, cut(text, 50))[-1].startswith("    2022")


def test_an_overlap_repeats_whole_sentences():
    text = "One is here. Two is there. Three is nowhere. Four is gone."
    assert parts(text, chunk_by_section(text, 45, 20)) == [
        "One is here. Two is there. Three is nowhere.",
        "Three is nowhere. Four is gone.",
    ]


def test_rows_of_a_table_are_not_repeated_without_its_header():
    text = "Item | 2022 | 2023\nCash | 10 | 20\nDebt | 30 | 40\n\nWords after the table. And more."
    assert parts(text, chunk_by_section(text, 60, 25))[1].startswith("Words after")


def test_an_overlap_repeats_words_where_a_sentence_had_to_be_cut():
    text = "alpha beta gamma delta epsilon zeta eta theta iota kappa"
    assert parts(text, chunk_by_section(text, 30, 10))[:2] == [
        "alpha beta gamma delta epsilon",
        "epsilon zeta eta theta iota",
    ]


def test_nothing_is_repeated_before_a_heading():
    text = "# One\n\nShort words here.\n\n# Two\n\nOther words here."
    assert parts(text, chunk_by_section(text, 30, 20))[1].startswith("# Two")


def test_an_overlap_that_is_too_short_for_a_sentence_repeats_no_scrap_of_it():
    text = "The first sentence is long.\n\nThe second one is long too.\n\nThird."
    assert parts(text, chunk_by_section(text, 30, 10))[1].startswith("The second")


def test_paragraphs_are_merged_up_to_the_size():
    text = "one\n\ntwo\n\nthree\n\nfour"
    assert parts(text, chunk_by_paragraph(text, 10)) == ["one\n\ntwo", "three", "four"]


def test_a_long_paragraph_is_cut_at_sentence_ends():
    text = "Short.\n\nThis is one sentence. This is\nanother one. And a third."
    assert parts(text, chunk_by_paragraph(text, 35)) == [
        "Short.",
        "This is one sentence.",
        "This is\nanother one. And a third.",
    ]


SENTENCES = [
    f"This is sentence number {number} of a long report, and it says a few things about it."
    for number in range(200)
]


def test_by_default_sections_are_cut_at_sentences():
    chunks = parts(" ".join(SENTENCES), chunk_by_section(" ".join(SENTENCES)))
    assert all(part.startswith("This is") and part.endswith("about it.") for part in chunks)


def test_by_default_the_next_section_repeats_a_sentence():
    chunks = parts(" ".join(SENTENCES), chunk_by_section(" ".join(SENTENCES)))
    lasts = [part.rpartition("This is")[2] for part in chunks[:-1]]
    assert all(last in part for last, part in zip(lasts, chunks[1:], strict=True))


TURNS = [
    f"{name}: I think that point {number} is the one to talk about, and so do you."
    for number in range(60)
    for name in ("Ann", "Bob Ray")
]


def test_by_default_turns_are_not_cut():
    chunks = parts("\n".join(TURNS), chunk_by_section("\n".join(TURNS)))
    assert {line for part in chunks for line in part.split("\n")} == set(TURNS)


def test_by_default_a_question_stands_with_its_answer_in_some_chunk():
    chunks = parts("\n".join(TURNS), chunk_by_section("\n".join(TURNS)))
    pairs = pairwise(TURNS)
    assert all(any(f"{one}\n{two}" in part for part in chunks) for one, two in pairs)


def test_by_default_rows_are_not_cut():
    rows = [f"Item {number} | {number} | {number + 1}" for number in range(400)]
    chunks = parts("\n".join(rows), chunk_by_section("\n".join(rows)))
    assert {line for part in chunks for line in part.split("\n")} == set(rows)


@pytest.mark.parametrize("before", range(20, 44, 4))
def test_by_default_a_table_is_whole_with_its_header(before):
    rows = [f"Item {number} | {number} | {number + 1}" for number in range(40)]
    table = "\n".join(["Debts of the company", "Item | 2022 | 2023", *rows])
    text = " ".join(SENTENCES[:before]) + "\n\n" + table + "\n\n" + " ".join(SENTENCES[before:])
    assert any(table in part for part in parts(text, chunk_by_section(text)))


@pytest.mark.parametrize("size", [1, 4, 50, 999])
def test_the_overlap_chosen_by_itself_suits_any_size(size):
    spans = chunk_by_section(" ".join(SENTENCES), size)
    assert max(a.end - b.start for a, b in pairwise(spans)) <= size // 5
