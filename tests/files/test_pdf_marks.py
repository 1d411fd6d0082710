"""PDF files: raised figures, filled forms, pages that are pictures."""

import pytest

from minions_core.files import document_from_bytes, read_files
from tests.files.making import (
    INCOME,
    pdf,
    pdf_with_form,
    pdf_with_pictures,
    pdf_with_raised,
    pdf_with_signs,
    pdf_with_table,
)

TOTAL = "/FT /Tx /T (total) /V (412,000) /Rect [120 695 300 712]"
LABEL = "BT /F 11 Tf 50 700 Td (Total:) Tj 0 -60 Td (Signed in Brno) Tj ET"


def text_of(data):
    return document_from_bytes("a.pdf", data).text


def unread(*pages):
    told = []
    document_from_bytes("a.pdf", pdf_with_pictures(*pages), on_passed_over=told.append)
    return [(each.name, each.reason.partition(" (")[0]) for each in told]


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ([("$330", "LINE"), ("2", "SUP")], "$330^2"),
        ([("in 2023", "LINE"), ("12", "SUP")], "in 2023^12"),
        ([("10", "LINE"), ("-6", "SUP")], "10^-6"),
        ([("12 m", "LINE"), ("2", "SUP")], "12 m^2"),
        ([("10", "LINE"), ("2", "SUB")], "10_2"),
        ([("H", "LINE"), ("2", "SUB"), ("O", "LINE")], "H2O"),
        ([("1", "SUP"), ("2023", "LINE")], "1 2023"),
        ([("$1,577 (10-12)", "LINE")], "$1,577 (10-12)"),
    ],
)
def test_raised_and_lowered_figures_are_set_apart(parts, text):
    assert " ".join(text_of(pdf_with_raised(*parts)).splitlines()) == text


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        ("/F 9 Tf 2 Ts (1) Tj /F 11 Tf 0 Ts (2023) Tj", "1 2023"),
        ("/F 11 Tf (10) Tj /F 9 Tf 3 Ts (6) Tj /F 11 Tf 0 Ts (5) Tj", "10^6 5"),
    ],
)
def test_a_figure_after_a_raised_one_is_set_apart(drawn, text):
    assert text_of(pdf_with_signs(f"BT 50 700 Td {drawn} ET")) == text


def test_figures_that_are_smaller_on_the_same_line_are_not_raised():
    drawn = "BT /F 12 Tf 50 700 Td (330) Tj /F 7 Tf (2) Tj ET"
    assert text_of(pdf_with_signs(drawn)) == "3302"


def test_text_that_runs_upwards_is_not_raised():
    drawn = "BT /F 12 Tf 0 1 -1 0 50 300 Tm (2023) Tj /F 7 Tf (4) Tj ET"
    assert "^" not in text_of(pdf_with_signs(drawn))


def test_figures_of_a_table_are_left_as_they_are():
    assert not set("^_") & set(text_of(pdf_with_table(INCOME)))


def test_the_value_of_a_field_stands_beside_its_label():
    assert text_of(pdf_with_form(LABEL, TOTAL)).splitlines()[0].split() == ["Total:", "412,000"]


def test_a_value_without_a_line_of_its_own_stands_below_the_one_above_it():
    alone = TOTAL.replace("695 300 712", "665 300 682")
    text = text_of(pdf_with_form(LABEL, alone))
    assert text.split() == ["Total:", "412,000", "Signed", "in", "Brno"]


def test_values_at_one_height_stand_in_one_line():
    one = "/FT /Tx /T (a) /V (2023) /Rect [120 665 200 682]"
    two = "/FT /Tx /T (b) /V (1,577) /Rect [300 665 400 682]"
    assert text_of(pdf_with_form("", two, one)).split() == ["2023", "1,577"]


def test_the_choice_of_a_list_is_read():
    field = "/FT /Ch /Ff 131072 /T (c) /Opt [(Austria) (Chile)] /V (Chile) /Rect [120 695 300 712]"
    assert "Chile" in text_of(pdf_with_form(LABEL, field))


@pytest.mark.parametrize(("state", "box"), [("Yes", "[x]"), ("Off", "[ ]")])
def test_a_box_to_tick_is_read(state, box):
    field = f"/FT /Btn /T (d) /V /{state} /AS /{state} /AP <</N <</Yes 4 0 R /Off 4 0 R>>>>"
    text = text_of(pdf_with_form(LABEL, f"{field} /Rect [30 697 45 712]"))
    assert text.splitlines()[0].startswith(box)


@pytest.mark.parametrize(
    "field",
    [
        TOTAL + " /Ff 8192",
        TOTAL + " /F 2",
        TOTAL.replace("(412,000)", "()"),
        "/FT /Btn /Ff 65536 /T (e) /MK <</CA (Send)>> /Rect [120 695 300 712]",
    ],
    ids=["password", "hidden", "empty", "button"],
)
def test_what_is_no_value_to_read_is_left_out(field):
    assert text_of(pdf_with_form(LABEL, field)).split() == ["Total:", "Signed", "in", "Brno"]


def test_a_form_without_other_text_is_read():
    assert text_of(pdf_with_form("", TOTAL)) == "412,000"


@pytest.mark.parametrize(
    ("pages", "reason"),
    [
        (["one", None], "holds no text on page 2"),
        (["one", None, None, "four", None], "holds no text on pages 2-3, 5"),
    ],
)
def test_pages_that_are_pictures_are_told(pages, reason):
    assert unread(*pages) == [("a.pdf", reason)]


def test_blank_pages_are_not_told():
    assert unread("one", "", "three") == []


def test_pages_that_are_pictures_are_told_of_files_that_are_read(tmp_path):
    (tmp_path / "b.pdf").write_bytes(pdf_with_pictures("one", None))
    told = []
    (document,) = read_files([tmp_path], on_passed_over=told.append)
    assert (document.text, [each.name for each in told]) == ("one\f", ["b.pdf"])


def test_pages_that_are_pictures_need_not_be_told():
    assert text_of(pdf_with_pictures("one", None)) == "one\f"


def test_a_pdf_without_a_form_is_read_as_ever():
    assert text_of(pdf("one", "two")) == "one\ftwo"
