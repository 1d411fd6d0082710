import pytest

from minions_core.chunking import chunk_by_markdown
from tests.core.cutting import parts

BODY = "Some words of a paragraph. " * 3


def heads(text, size, overlap=0):
    """The first line of each chunk."""
    return [part.splitlines()[0] for part in parts(text, chunk_by_markdown(text, size, overlap))]


def test_chunks_begin_at_headings():
    text = f"# One\n\n{BODY}\n\n# Two\n\n{BODY}"
    assert heads(text, 120) == ["# One", "# Two"]


def test_underlined_titles_are_headings():
    text = f"One\n===\n\n{BODY}\n\nTwo\n---\n\n{BODY}"
    assert heads(text, 120) == ["One", "Two"]


@pytest.mark.parametrize("fence", ["```", "~~~"])
def test_a_comment_in_a_block_of_code_is_no_heading(fence):
    code = f"{fence}sh\nmake all\n\n# then\n\nmake install\n{fence}"
    text = f"# One\n\n{BODY}\n\n{code}\n\n# Two\n\n{BODY}"
    assert heads(text, 170) == ["# One", "# Two"]


def test_an_indented_comment_is_no_heading():
    text = f"# One\n\n{BODY}\n\n    # indented code\n\n# Two\n\n{BODY}"
    assert heads(text, 130) == ["# One", "# Two"]


def test_a_hash_without_a_space_is_no_heading():
    text = f"# One\n\n{BODY}\n\n#hashtag of {BODY}"
    assert heads(text, 120)[1] != "# One"
    assert len(heads(text, 200)) == 1


def test_deeper_headings_stay_with_their_parent_while_they_fit():
    text = f"# One\n\n{BODY}\n\n## One A\n\nShort.\n\n# Two\n\n{BODY}\n\n## Two A\n\nShort."
    assert heads(text, 140) == ["# One", "# Two"]


def test_a_section_that_does_not_fit_is_cut_at_the_headings_below_its_own():
    text = f"# One\n\nShort.\n\n## A\n\n{BODY}\n\n### A1\n\nShort.\n\n## B\n\n{BODY}"
    assert heads(text, 140) == ["# One", "## B"]
    assert heads(text, 100) == ["# One", "## A", "### A1", "## B"]


def test_small_sections_share_a_chunk():
    text = "# One\n\nShort.\n\n# Two\n\nShort.\n\n# Three\n\nShort."
    assert heads(text, 35) == ["# One", "# Three"]


def test_no_chunk_ends_in_a_heading():
    text = f"{BODY}\n\n# Results\n\n{BODY}"
    assert heads(text, 95)[1] == "# Results"


WHOLE = {
    "fence": "```python\ndef f():\n\n    return 1\n\n\ndef g():\n    return 2\n```",
    "table": "| Item | 2022 | 2023 |\n|---|---|---|\n| Cash | 10 | 20 |\n| Debt | 30 | 40 |",
    "item": "- An item of the list. It has more.\n\n  And a second paragraph. Of words.",
    "html": "<table>\n<tr><td>Cash</td></tr>\n<tr><td>Debt</td></tr>\n</table>",
}


@pytest.mark.parametrize("block", WHOLE.values(), ids=WHOLE.keys())
@pytest.mark.parametrize("before", range(0, 90, 9))
def test_blocks_that_fit_are_kept_whole(block, before):
    text = f"{'w ' * before}\n\n{block}\n\n{BODY}"
    assert any(block in part for part in parts(text, chunk_by_markdown(text, 100)))


def test_a_list_that_does_not_fit_is_cut_between_its_items():
    text = "\n".join(
        f"{number}. Item {number} has a line\n   and another." for number in range(1, 30)
    )
    assert all(part[0].isdigit() for part in parts(text, chunk_by_markdown(text, 120)))


def test_a_table_that_does_not_fit_is_cut_between_its_rows():
    rows = ["| a | b |", "|---|---|", *(f"| {number} | {number} |" for number in range(60))]
    chunks = parts("\n".join(rows), chunk_by_markdown("\n".join(rows), 100))
    assert [line for part in chunks for line in part.splitlines()] == rows


def test_an_overlap_repeats_whole_sentences_but_nothing_before_a_heading():
    text = "One is here. Two is there. Three is nowhere. Four is gone.\n\n# Next\n\nFive is here."
    assert parts(text, chunk_by_markdown(text, 45, 20)) == [
        "One is here. Two is there. Three is nowhere.",
        "Three is nowhere. Four is gone.",
        "# Next\n\nFive is here.",
    ]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"], ids=repr)
def test_lines_may_end_any_way(end):
    text = f"# One\n\n{BODY}\n\n# Two\n\n{BODY}".replace("\n", end)
    assert heads(text, 120) == ["# One", "# Two"]


def test_a_page_break_in_a_line_moves_no_heading():
    text = f"a\fb\u2028c\n\n# One\n\n{BODY}\n\n# Two\n\n{BODY}"
    assert heads(text, 120)[-1] == "# Two"
