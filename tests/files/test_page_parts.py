"""What of a web page is read, and how raised figures are written."""

import pytest

from minions_core.files import document_from_bytes
from tests.files.making import word

LONG = "the text " * 20


def markdown(html):
    return document_from_bytes("a.html", html.encode()).text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("$330<sup>2</sup>", "$330^2"),
        ("in 2023<sup>1</sup>.", "in 2023^1."),
        ("10<sup>6</sup> people", "10^6 people"),
        ("10<sup>\N{MINUS SIGN}6</sup>", "10^\N{MINUS SIGN}6"),
        ("330<sup>1, 2</sup>", "330^(1, 2)"),
        ("330<sup>(2)</sup>", "330^(2)"),
        ("330<sup>a</sup>", "330^a"),
        ("10<sup>6</sup>5", "10^6 5"),
        ("<sup>1</sup>Unaudited", "^1 Unaudited"),
        ("330<b><sup>2</sup></b>450", "330^2 450"),
        ('330<sup><a href="#n2">2</a></sup>', "330^2"),
        ('330<span style="VERTICAL-ALIGN: super">2</span>', "330^2"),
        ('330<span style="font-size:8px;vertical-align:super"><sup>2</sup></span>', "330^2"),
        ("330<sup>[2]</sup>", "330[2]"),
        ("the 1<sup>st</sup> of May", "the 1st of May"),
        ("Acme<sup>TM</sup>", "AcmeTM"),
        ("330<sup>*</sup>", "330*"),
        ("330<sup> </sup>", "330"),
        ("10<sub>2</sub>", "10_2"),
        ("log<sub>2</sub>8", "log2 8"),
        ("H<sub>2</sub>O", "H2O"),
        ("x<sub>1</sub><sup>2</sup>", "x1^2"),
        ("330<sub> </sub>", "330"),
    ],
)
def test_raised_and_lowered_figures_are_set_apart(html, text):
    assert markdown(f"<p>{html}</p>") == text


def test_figures_of_neighbouring_cells_are_no_raised_ones():
    html = "<table><tr><td>a<td>b</tr><tr><td>330<sup>2</sup><td>450</table>"
    assert markdown(html).splitlines()[-1] == "| 330^2 | 450 |"


@pytest.mark.parametrize(("mark", "text"), [("superscript", "$330^2"), ("subscript", "$330_2")])
def test_raised_and_lowered_figures_of_a_word_file_are_set_apart(mark, text):
    def fill(document):
        paragraph = document.add_paragraph("$330")
        setattr(paragraph.add_run("2").font, mark, True)

    assert document_from_bytes("a.docx", word(fill)).text == text


def test_all_articles_are_read():
    html = f"<article>one {LONG}</article><article>two</article><article>three</article>"
    assert [name in markdown(html) for name in ("one", "two", "three")] == [True] * 3


def test_what_stands_around_all_articles_is_not_read():
    html = f"<div>Subscribe!</div><div><article>one {LONG}</article><article>two</article></div>"
    assert "Subscribe" not in markdown(html)


def test_several_main_parts_are_all_read():
    html = f"<main>one {LONG}</main><div role=main>two</div>"
    assert "two" in markdown(html)


def test_a_main_part_within_a_main_part_is_no_other_one():
    html = f"<div>Subscribe!</div><div role=main>one <main>{LONG}</main></div>"
    assert markdown(html).startswith("one")


@pytest.mark.parametrize("tag", ["aside", "footer"])
def test_notes_within_the_main_part_are_read(tag):
    assert "Unaudited" in markdown(f"<main>{LONG}<{tag}>Unaudited.</{tag}></main>")


@pytest.mark.parametrize("tag", ["aside", "footer"])
def test_what_stands_beside_the_page_is_not_read(tag):
    assert "News" not in markdown(f"<p>{LONG}</p><{tag}>News</{tag}>")


@pytest.mark.parametrize(
    "mark", ["role=doc-endnotes", 'class="footnotes"', "id=Footnotes", 'role="doc-footnote"']
)
def test_notes_outside_of_the_main_part_are_read(mark):
    html = f"<article>{LONG}</article><aside {mark}>Unaudited.</aside>"
    assert "Unaudited" in markdown(html)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ('<input value="412">', "Total: 412 people"),
        ('<input type=date value="2023-05-01">', "Total: 2023-05-01 people"),
        ("<textarea>412</textarea>", "Total: 412 people"),
        ("<select><option>1<option selected>2<option selected>3</select>", "Total: 2, 3 people"),
        ("<input type=checkbox checked>", "Total: [x] people"),
        ("<input type=radio value=yes>", "Total: people"),
        ("<input type=PASSWORD value=secret>", "Total: people"),
        ("<input type=hidden value=token>", "Total: people"),
        ("<input type=submit value=Send>", "Total: people"),
        ("<input hidden value=token>", "Total: people"),
        ("<button>Send</button>", "Total: people"),
    ],
)
def test_what_was_typed_and_chosen_is_read(field, text):
    assert " ".join(markdown(f"<p>Total:{field} people</p>").split()) == text


def test_a_heading_that_unfolds_its_text_is_read():
    assert markdown("<h2><button>Terms</button></h2><p>text</p>") == "## Terms\n\ntext"
