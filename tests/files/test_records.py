"""CSV as short tables, JSON in lines."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.chunking import chunk_by_paragraph, chunk_by_section
from minions_core.files import document_from_bytes
from minions_core.files.records import lines_of_json, tables_of_csv
from minions_core.tables import Tables

MANY = "id,name,amount\n" + "\n".join(f"{n},Person {n},{n * 7}" for n in range(400))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
CELLS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters='|",;\t\\'),
    max_size=12,
)


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def test_a_csv_file_is_a_table():
    assert document_from_bytes("a.csv", b"name,amount\nAda,5\nBob,7\n").text == (
        "| name | amount |\n| --- | --- |\n| Ada | 5 |\n| Bob | 7 |"
    )


def test_semicolons_part_columns_too():
    assert tables_of_csv("name;amount\nAda;1,5\nBob;2,5\n").splitlines()[2] == "| Ada | 1,5 |"


def test_commas_within_figures_part_no_columns():
    text = "name;amount;share\nAda;1,5;2,5\nBob;2,5;3,5\nEve, Jr.;1,0;2,0\n"
    assert tables_of_csv(text).splitlines()[-1] == "| Eve, Jr. | 1,0 | 2,0 |"


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_on_a_tie_commas_are_what_stands_in_figures(delimiter):
    text = f"Jahr{delimiter}Umsatz, Mio\n2022{delimiter}1,5\n"
    assert tables_of_csv(text).splitlines() == [
        "| Jahr | Umsatz, Mio |",
        "| --- | --- |",
        "| 2022 | 1,5 |",
    ]


@pytest.mark.parametrize("title", ["Report 2023", "Report 2023,,", "\nReport 2023\n"])
def test_a_title_above_the_columns_stays_above_the_table(title):
    assert tables_of_csv(f"{title}\nname,amount,share\nAda,5,7\n").splitlines() == [
        "Report 2023",
        "",
        "| name | amount | share |",
        "| --- | --- | --- |",
        "| Ada | 5 | 7 |",
    ]


@pytest.mark.parametrize("header", [",2023", ",,2023", "a,b", "a,,c"])
def test_column_names_with_gaps_are_column_names(header):
    text = tables_of_csv(f"{header}\n1,2,3\n")
    assert text.startswith("| ")


def test_a_row_that_is_too_long_makes_no_column_names():
    assert tables_of_csv("a,b,c\n1,2,3\n1,2,3,4\n").startswith("| a | b | c |")


def test_rows_of_one_cell_alone_make_a_table_still():
    assert tables_of_csv("a,\nb,\n").splitlines()[0] == "| a |  |"


def test_quotes_within_quotes_are_kept():
    assert tables_of_csv('a,b\n"He said ""no""",2\n').splitlines()[2] == '| He said "no" | 2 |'


def test_tabs_part_columns_too():
    assert (
        document_from_bytes("a.tsv", b"name\tamount\nAda\t5\n").text.splitlines()[2]
        == "| Ada | 5 |"
    )


def test_a_cell_of_several_lines_stays_in_its_row():
    assert tables_of_csv('name,note\nAda,"one\ntwo"\n').splitlines()[2] == "| Ada | one two |"


def test_a_bar_in_a_cell_parts_no_columns():
    assert tables_of_csv("name,note\nAda,a|b\n").splitlines()[2] == "| Ada | a\\|b |"


def test_short_rows_are_filled_up():
    assert tables_of_csv("a,b,c\n1,2\n").splitlines()[2] == "| 1 | 2 |  |"


def test_every_chunk_of_paragraphs_begins_with_the_column_names():
    text = tables_of_csv(MANY)
    chunks = [text[span.start : span.end] for span in chunk_by_paragraph(text)]
    assert len(chunks) > 5
    assert all(chunk.startswith("| id | name | amount |\n| --- ") for chunk in chunks)


def test_every_chunk_of_sections_holds_the_column_names():
    text = tables_of_csv(MANY)
    chunks = [text[span.start : span.end] for span in chunk_by_section(text)]
    assert all("| id | name | amount |" in chunk for chunk in chunks)


def test_the_column_of_a_figure_far_down_is_known():
    text = tables_of_csv(MANY)
    assert Tables(text).header_at(text.index("Person 390")) == "id | name | amount"


def test_a_list_of_words_is_no_table():
    assert tables_of_csv("alpha\nbeta\n") == "alpha\nbeta\n"


def test_a_field_beyond_what_csv_takes_is_left_as_it_is():
    text = 'a,b\n1,"' + "x" * 200_000
    assert tables_of_csv(text) == text


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=2, max_size=30))
def test_no_cell_is_lost(rows):
    rows = [[f"k{number}", *row[1:]] for number, row in enumerate(rows)]
    table = tables_of_csv("\n".join(",".join(row) for row in rows))
    cells = [cell.strip() for line in table.splitlines() for cell in line.strip("|").split("|")]
    assert {cell for row in rows for cell in map(joined, row)} <= set(cells)


def joined(cell):
    return " ".join(cell.split())


def test_json_in_one_long_line_is_spread_over_lines():
    value = [{"name": "Ada", "amounts": [1, 2]}] * 100
    text = document_from_bytes("a.json", compact(value).encode()).text
    assert text.splitlines()[:4] == ["[", "  {", '    "name": "Ada",', '    "amounts": [']


def test_the_figures_of_json_stay_as_they_were_written():
    assert "1.50," in lines_of_json("[" + "1.50," * 1000 + "1]")


def test_json_in_short_lines_is_left_as_it_is():
    text = '{"a":1,\n"b":2}'
    assert lines_of_json(text) == text


def test_what_is_no_json_is_left_as_it_is():
    text = "{" * 5000
    assert lines_of_json(text) == text


def test_records_in_lines_are_left_as_they_are():
    text = '{"a":1}\n{"a":2}\n'
    assert document_from_bytes("a.jsonl", text.encode()).text == text


@given(VALUES)
def test_spread_json_means_the_same(value):
    text = compact([value, "x" * 2000])
    assert json.loads(lines_of_json(text)) == json.loads(text)
