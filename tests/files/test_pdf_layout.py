"""How the lines of a page are put down."""

from hypothesis import given
from hypothesis import strategies as st

from minions_core.files.pdf_layout import Cell, Line, laid_out

HEIGHT = 10.0


def line(number, *cells, gap=0.0):
    """The line `number` from the top; each cell a text and its place in points."""
    top = 800 - number * HEIGHT - gap
    return Line(tuple(Cell(text, left) for text, left in cells), top, top - HEIGHT)


WORDS = st.text("abc123", min_size=1, max_size=30)
LINES = st.lists(st.lists(st.tuples(WORDS, st.floats(0, 1000)), min_size=1, max_size=5), max_size=8)


def test_a_page_without_lines_is_empty():
    assert laid_out([]) == ""


def test_lines_as_far_apart_as_most_are_one_paragraph():
    assert laid_out([line(n, (str(n), 50)) for n in range(3)]) == "0\n1\n2"


def test_a_wider_distance_parts_paragraphs():
    lines = [line(0, ("a", 50)), line(1, ("b", 50)), line(2, ("c", 50), gap=6)]
    assert laid_out(lines) == "a\nb\n\nc"


def test_a_line_further_up_begins_something_else():
    assert laid_out([line(5, ("a", 50)), line(6, ("b", 50)), line(0, ("c", 300))]) == "a\nb\n\nc"


def test_cells_of_a_column_stand_below_one_another():
    rows = [line(0, ("", 50), ("2023", 150)), line(1, ("Revenue", 50), ("1,577", 150))]
    titles, figures = laid_out(rows).splitlines()
    assert titles.index("2023") == figures.index("1,577")


def test_titles_without_a_label_stand_above_their_columns():
    rows = [line(0, ("2023", 150), ("2022", 200)), line(1, ("Revenue", 50), ("1,577", 150))]
    titles, figures = laid_out(rows).splitlines()
    assert titles.index("2023") == figures.index("1,577")


def test_a_line_alone_is_not_moved():
    assert laid_out([line(0, ("heading", 300)), line(1, ("text", 50))]) == "heading\ntext"


def test_a_gap_as_wide_as_the_sea_is_bounded():
    assert len(laid_out([line(0, ("a", 0), ("b", 1e9))])) < 100


@given(LINES)
def test_no_word_is_lost_or_moved(lines):
    words = [text for cells in lines for text, _ in cells]
    assert laid_out([line(n, *cells) for n, cells in enumerate(lines)]).split() == words


@given(LINES)
def test_cells_are_two_spaces_apart_at_least(lines):
    rows = laid_out([line(n, *cells) for n, cells in enumerate(lines)]).splitlines()
    assert [len(row.split("  ")) >= len(row.split()) for row in rows] == [True] * len(rows)
