"""Passages chosen by search, shown whole and cited like findings."""

from minions_core.documents import Chunk, Document, Span
from minions_core.evidence import Library, passages_report, quoted, report_line, to_citation
from minions_core.ledger import Disclosed

REPORT = Document("Sales\n Net sales\nrose to 5. \n\fDebt\nDebt fell to 3.\n", "report.txt")
NOTES = Document("Nothing else is owed.", "notes.txt")
DOCUMENTS = (REPORT, NOTES)
LONG = Document("word " * 2000, "long.txt")


def chunk(start, end, document=0, documents=DOCUMENTS):
    return Chunk(documents[document].text[start:end], document, Span(start, end), 2, 9)


def passages(*chunks, documents=DOCUMENTS, first_number=1):
    return quoted(
        chunks,
        library=Library(documents),
        heading_of=lambda document, offset: f"heading {document}",
        first_number=first_number,
    )


def test_a_passage_is_a_verified_finding_in_its_own_words():
    found = passages(chunk(6, 29), first_number=4)
    assert [(item.number, item.check, item.quote) for item in found] == [
        (4, "verified", "Net sales\nrose to 5.")
    ]
    assert to_citation(found[0], DOCUMENTS).quote == "Net sales\nrose to 5."


def test_a_passage_has_page_and_heading():
    place = passages(chunk(30, 50))[0].places[0]
    assert (place.page, place.heading, place.span) == (2, "heading 0", Span(30, 50))


def test_a_passage_that_goes_over_a_page_tells_both():
    found = passages(chunk(6, 50), documents=(REPORT,))
    assert passages_report(found, (REPORT,)).text.endswith('| p. 1-2, "heading 0"')
    assert to_citation(found[0], (REPORT,)).page == 1


def test_passages_come_in_the_order_of_the_documents():
    found = passages(chunk(0, 21, 1), chunk(35, 51), chunk(6, 29))
    assert [item.quote for item in found] == [
        "Net sales\nrose to 5.",
        "Debt fell to 3.",
        "Nothing else is owed.",
    ]


def test_overlapping_chunks_make_one_passage():
    found = passages(chunk(17, 29), chunk(7, 20))
    assert [(item.number, item.quote) for item in found] == [(1, "Net sales\nrose to 5.")]


def test_chunks_that_only_touch_stay_apart():
    assert [item.quote for item in passages(chunk(7, 16), chunk(16, 29))] == [
        "Net sales",
        "rose to 5.",
    ]


def test_what_stands_nowhere_or_says_nothing_is_passed_over():
    assert passages(Chunk("made up"), chunk(27, 29)) == []


def test_passages_are_told_a_line_each():
    told = passages_report(passages(chunk(6, 29), chunk(0, 21, 1)), DOCUMENTS)
    assert told.text.splitlines() == [
        '[1] "Net sales rose to 5." | report.txt p. 1, "heading 0"',
        '[2] "Nothing else is owed." | notes.txt excerpt 2/9, "heading 1"',
    ]


def test_passages_are_disclosed_as_such():
    told = passages_report(passages(chunk(6, 29), documents=[REPORT]), [REPORT])
    assert told.disclosed == (
        Disclosed(kind="passage", text="Net sales rose to 5.", document="report.txt"),
        Disclosed(kind="heading", text="heading 0", document="report.txt"),
    )


def test_a_passage_is_never_cut():
    whole = chunk(0, 9999, documents=[LONG])
    told = passages_report(passages(whole, documents=[LONG]), [LONG]).text
    assert told.count("word") == 2000


def test_a_passage_is_shown_once_as_a_finding():
    told = report_line(passages(chunk(6, 29))[0], [REPORT]).text
    assert told == '[1] Net sales rose to 5. | p. 1, "heading 0"'
