import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from minions_core.documents import Document
from minions_core.outline import (
    SPEAKER_LEVEL,
    Heading,
    heading_at,
    headings,
    outline,
)
from minions_core.tables import Tables, tables

PROSE = "The company did what it does in every year, and did it well enough to say so here."
LINES = [PROSE, "# Title", "1. Business", "RISK FACTORS", "Item 7. Overview", "Cash Flows"]
LINES += ["ANN: hi you", "BOB: no", "a | b", "--- | ---", "Cash   1  2", "```", "=====", "", ""]
LINES += ["\f", "Page 3", "é" * 120, "  x", "\u2028"]
texts = st.one_of(
    st.text(),
    st.lists(st.sampled_from(LINES), max_size=40).map("\n".join),
    st.text("Aa. |\n\f1:#="),
)


def always(**strategies):
    """Holds for every example; never timed."""
    return lambda test: settings(deadline=None, max_examples=100)(given(**strategies)(test))


def titles(text):
    return [(heading.text, heading.level) for heading in headings(text)]


def alone(*lines):
    """Each line between blank ones, with prose below it."""
    return "\n\n".join(f"{line}\n\n{PROSE}" for line in lines)


def directly(*lines):
    """Each line right above prose."""
    return "\n".join(f"{line}\n{PROSE}" for line in lines)


@always(text=texts)
def test_headings_begin_their_lines_in_order(text):
    found = headings(text)
    assert [heading.start for heading in found] == sorted({heading.start for heading in found})
    assert all("\n" not in heading.text and heading.text.strip() for heading in found)
    assert {0, *(heading.start for heading in found)} <= line_starts(text)


def line_starts(text):
    lines = text.splitlines(keepends=True)
    return {sum(map(len, lines[:count])) for count in range(len(lines) + 1)}


@always(text=texts)
def test_a_text_speaks_or_has_titles_but_not_both(text):
    levels = {heading.level for heading in headings(text)}
    assert levels <= {SPEAKER_LEVEL} or SPEAKER_LEVEL not in levels


@always(text=texts, offset=st.integers(0, 500))
def test_the_heading_of_a_place_is_the_last_one_not_below_it(text, offset):
    found = headings(text)
    above = [heading for heading in found if heading.start <= offset]
    assert heading_at(found, offset) == (above[-1] if above else None)


@always(text=texts, offset=st.integers(0, 500))
def test_a_header_is_found_only_in_tables(text, offset):
    inside = any(table.start <= offset <= table.end for table in tables(text))
    assert inside or Tables(text).header_at(offset) is None


@example(text="a|1\nb|2\nc  3\nd  4\n")
@always(text=texts)
def test_tables_are_apart_and_in_order(text):
    edges = [edge for table in tables(text) for edge in (table.start, table.end)]
    assert edges == sorted(edges)


@always(text=texts, tokens=st.integers(0, 60), first_page=st.sampled_from([None, 1, 7]))
def test_an_outline_is_never_longer_than_asked_for(text, tokens, first_page):
    assert len(outline(Document(text, first_page=first_page), tokens, len)) <= tokens


@pytest.mark.parametrize(
    ("line", "title", "level"),
    [
        ("# Results", "Results", 1),
        ("### Results of *it* ##", "Results of *it*", 3),
        (" = Valkyria = ", "Valkyria", 1),
        ("== Early life ==", "Early life", 2),
        ("= = = Music = = =", "Music", 3),
        ("1. Business", "1. Business", 1),
        ("2) Methods", "2) Methods", 1),
        ("3.2 Results of the experiment", "3.2 Results of the experiment", 2),
        ("4.1.1  Data", "4.1.1 Data", 3),
        ("IV. Discussion", "IV. Discussion", 1),
        ("B. Legal Proceedings", "B. Legal Proceedings", 2),
        ("1. DEFINITIONS.", "1. DEFINITIONS.", 1),
        ("PART II", "PART II", 1),
        ("Chapter 3: The Return", "Chapter 3: The Return", 1),
        ("Item 7. Risk Factors", "Item 7. Risk Factors", 2),
        ("Note 12 - Income Taxes", "Note 12 - Income Taxes", 2),
        ("ARTICLE IX MISCELLANEOUS", "ARTICLE IX MISCELLANEOUS", 2),
        ("RISK FACTORS", "RISK FACTORS", 1),
        ("MANAGEMENT'S DISCUSSION AND ANALYSIS", "MANAGEMENT'S DISCUSSION AND ANALYSIS", 1),
        ("ÜBERBLICK", "ÜBERBLICK", 1),
        ("Summary\n=======", "Summary", 1),
        ("Summary of results\n-------", "Summary of results", 2),
    ],
)
def test_a_marked_numbered_or_shouted_line_is_a_heading(line, title, level):
    assert titles(directly(line)) == [(title, level)]


@pytest.mark.parametrize("line", ["Letter to Shareholders", "Results of Operations", "Cash Flows"])
def test_a_title_alone_between_blank_lines_is_a_heading(line):
    assert titles(alone(line)) == [(line, 2)]


@pytest.mark.parametrize("line", ["Letter to Shareholders", "Cash Flows"])
def test_a_title_right_above_text_is_none(line):
    assert titles(directly(line)) == []


@pytest.mark.parametrize(
    "line",
    [
        PROSE,
        "It was a good year.",
        "Dear Shareholders,",
        "1. Log in to your account and press the button",
        "2023",
        "31 December 2022",
        "12 March 2020",
        "Section 5 shall apply to whoever reads it",
        "USA",
        "1,234",
        "#hashtag",
        "Page 12",
        "- 12 -",
        "A 1998 273 21431 21434 9705267",
        "He said: Nothing.",
        "*****",
        "THIS LINE " * 12,
    ],
)
def test_other_lines_are_no_headings(line):
    assert titles(alone(line)) == []


def test_several_shouted_lines_in_a_row_are_text():
    text = "IN NO EVENT SHALL WE\nBE LIABLE FOR ANY\nDAMAGES WHATSOEVER HELD\n" + PROSE
    assert titles(text) == []


def test_a_comment_in_fenced_code_is_no_heading():
    assert titles(f"# One\n```\n# two\n```\n# Three\n{PROSE}") == [("One", 1), ("Three", 1)]


def test_a_running_title_is_a_heading_once():
    text = "".join(f"ANNUAL REPORT\n{PROSE}\n# Part {number}\n{PROSE}\f" for number in range(8))
    assert [title for title, _ in titles(text)].count("ANNUAL REPORT") == 1


def test_a_marked_heading_may_recur():
    assert len(titles(f"## Example\n{PROSE}\n" * 8)) == 8


def test_a_row_of_a_table_is_no_heading():
    assert titles(alone("NAME | SCORE\nALICE | 10\nBOBBY | 20")) == []


TRANSCRIPT = "\n".join(
    f"{name}: {'well I do not know about that ' * 2}"
    for name in ["Prof. Li", "ANN", "Bob-Ray O'Neil", "ANN"] * 3
)


def test_the_headings_of_a_transcript_are_its_turns():
    assert headings(TRANSCRIPT)[:2] == [
        Heading("Prof. Li", 0, SPEAKER_LEVEL),
        Heading("ANN", TRANSCRIPT.index("ANN"), SPEAKER_LEVEL),
    ]
    assert len(headings(TRANSCRIPT)) == 12


def test_speeches_may_go_on_over_several_lines():
    text = "".join(f"{name}:\n{PROSE}\n{PROSE}\n\n" for name in ["ANN", "BOB"] * 4)
    assert [heading.text for heading in headings(text)] == ["ANN", "BOB"] * 4


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"Key {letter}: a value that is long enough" for letter in "ABCDEFGH"),
        "\n".join(["Name: Ann", "Price: 12"] * 8),
        "\n".join(
            [f"Source: the annual report of the year\n{PROSE}", "Note: none"] + ["Source: it"] * 8
        ),
        "ANN: hello to all of you here\nBOB: hello",
        "\n".join([PROSE] * 90 + ["ANN: hello to all of you here", "BOB: hello to all of you"] * 4),
    ],
    ids=["keys", "records", "running source", "too few", "mostly prose"],
)
def test_lines_with_colons_are_no_transcript_by_themselves(text):
    assert all(heading.level != SPEAKER_LEVEL for heading in headings(text))


def test_above_the_first_heading_there_is_none():
    assert heading_at(headings(f"{PROSE}\n# One\n{PROSE}"), 5) is None


REPORT = Document(
    "\f".join(
        [
            f"ANNUAL REPORT\n\n{PROSE}",
            f"# Letter\n\n{PROSE * 2}\n\n## To Owners\n\n{PROSE * 2}",
            PROSE,
            (
                f"# Cash Flows\n\n{PROSE * 2}\n\n## Investing\n\n{PROSE * 2}\n\n"
                f"## Financing\n\n{PROSE * 2}"
            ),
        ]
    )
)


def test_an_outline_lists_headings_with_their_pages():
    assert outline(REPORT, 500, len) == (
        "ANNUAL REPORT (p. 1); Letter (p. 2); To Owners (p. 2); "
        "Cash Flows (p. 4); Investing (p. 4); Financing (p. 4)"
    )


@pytest.mark.parametrize("first_page", [0, 1, 41])
def test_pages_are_counted_from_the_first_page(first_page):
    document = Document(f"# One\n{PROSE}", first_page=first_page)
    assert outline(document, 100, len) == f"One (p. {first_page})"


def test_a_document_without_pages_is_outlined_without_them():
    assert outline(Document(f"# One\n{PROSE}\n# Two\n{PROSE}"), 100, len) == "One; Two"


def test_deeper_headings_are_left_out_first_and_thinned():
    assert (
        outline(REPORT, 72, len)
        == "ANNUAL REPORT (p. 1); Letter (p. 2); To Owners (p. 2); Cash Flows (p. 4)"
    )
    assert outline(REPORT, 60, len) == "ANNUAL REPORT (p. 1); Letter (p. 2); Cash Flows (p. 4)"


def test_headings_of_one_level_are_left_out_evenly():
    text = "\n".join(f"# Number {number:02}\n{PROSE * 2}" for number in range(40))
    assert outline(Document(text), 40, len) == "Number 00; Number 13; Number 26"


def test_a_title_counts_where_its_text_is_and_not_in_the_contents():
    text = (
        f"CONTENTS\n\n1. CASH 12\n2. DEBT 13\n\f{PROSE}\f1. CASH\n{PROSE * 3}\n2. DEBT\n{PROSE * 3}"
    )
    assert outline(Document(text), 500, len) == "CONTENTS (p. 1); 1. CASH (p. 3); 2. DEBT (p. 3)"


def test_the_outline_of_a_transcript_names_its_speakers_most_talkative_first():
    assert outline(Document(TRANSCRIPT), 500, len) == "Speakers: ANN, Prof. Li, Bob-Ray O'Neil"
    assert outline(Document(TRANSCRIPT), 25, len) == "Speakers: ANN, Prof. Li"


@pytest.mark.parametrize(
    "text", ["", " \n", PROSE, PROSE * 100], ids=["empty", "blank", "line", "long"]
)
def test_what_has_no_headings_has_no_outline(text):
    assert outline(Document(text), 500, len) == ""


PIPES = """Before.

| Item | 2022 | 2023 |
|------|-----:|------|
| Cash | 10   | 20   |
| Debt | 30   | 40   |

After."""
COLUMNS = """Before it, some words.

                       2022      2023
Current assets:
  Cash                $ 10      $ 20
  Receivables         (300)    1,400

  Total               1,000     (2.5)
After it.
"""


@pytest.mark.parametrize(
    ("text", "at", "header"),
    [
        (PIPES, "40", "Item | 2022 | 2023"),
        (PIPES, "Item", "Item | 2022 | 2023"),
        (PIPES, "Before", None),
        (PIPES, "After", None),
        (COLUMNS, "1,400", "2022 | 2023"),
        (COLUMNS, "(2.5)", "2022 | 2023"),
        (COLUMNS, "Current", "2022 | 2023"),
        (COLUMNS, "Before", None),
        (COLUMNS, "After", None),
        ("Name   Age   Height\nAnn   31   170\nBob   42   180", "180", "Name | Age | Height"),
        ("City\tPeople\nRome\t3\nParis\t2", "2", "City | People"),
        ("Cash   10   20\nDebt   30   40", "40", None),
        (
            "($ in millions) | december 31 2017\nnotes | 600\nbonds | 84",
            "84",
            "($ in millions) | december 31 2017",
        ),
        ("who | what\nann | sings\nbob | plays", "plays", "who | what"),
        ("a lone | pipe", "pipe", None),
        ("", "", None),
    ],
)
def test_the_header_of_a_table_is_its_line_of_titles(text, at, header):
    assert Tables(text).header_at(text.rindex(at)) == header


def test_the_header_of_a_long_table_is_found_far_above():
    text = "Item | 2022 | 2023\n" + "Some line item or other | 1,234 | 5,678\n" * 3000
    assert Tables(text).header_at(len(text) - 5) == "Item | 2022 | 2023"


def test_every_row_of_a_long_table_is_looked_up_in_one_sweep():
    text = "Item | 2022 | 2023\n" + "Some line item or other | 1,234 | 5,678\n" * 20_000
    found = Tables(text)
    headers = {found.header_at(offset) for offset in range(0, len(text), 40)}
    assert headers == {"Item | 2022 | 2023"}


def test_a_table_far_down_a_document_is_found():
    text = f"{PROSE}\n" * 3000 + PIPES + f"\n{PROSE}" * 3000
    assert Tables(text).header_at(text.index("Debt")) == "Item | 2022 | 2023"


@pytest.mark.parametrize(("table", "number"), [(PIPES, 1), (COLUMNS, 1), (PROSE, 0), ("a | b", 0)])
def test_tables_are_counted_once(table, number):
    assert len(tables(table)) == number


def test_a_table_ends_with_its_last_row():
    (table,) = tables(PIPES)
    assert PIPES[table.start : table.end].startswith("| Item")
    assert PIPES[table.start : table.end].endswith("| Debt | 30   | 40   |")


@pytest.mark.parametrize(
    "text",
    [
        "#" * 9999,
        "=" * 9999,
        "= " * 9999,
        "1." * 9999,
        "A" * 9999,
        "|" * 9999,
        ("1" + " " * 99) * 99,
        "A: " * 9999,
    ],
    ids=lambda text: text[:4],
)
def test_long_lines_of_marks_are_no_headings(text):
    assert headings(text) == []
