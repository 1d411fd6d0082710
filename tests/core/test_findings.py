"""What workers found, held against the documents."""

from dataclasses import replace

import pytest

from minions_core.documents import Chunk, Document, Span
from minions_core.evidence import Library, Place, gather_findings
from minions_core.evidence.citations import to_citation
from minions_core.result import Citation
from tests.core.gathering import FIRST, PAGES, SECOND, THIRD, chunk_of, done, gather

OTHER = Document("Receivables were 7 at the other firm.", "other.txt")


def test_a_quote_that_holds_the_figures_is_verified():
    findings = gather(done(1, chunk_of(FIRST), "4,392", "receivables  2018 4392"))
    assert findings[0].check == "verified"
    assert findings[0].quote == "Receivables 2018 4,392"
    assert findings[0].missing == ()


def test_a_figure_that_is_not_in_the_quote_makes_a_finding_partial():
    findings = gather(done(1, chunk_of(THIRD), "20.2 %", "Receivables rose 22.9 % to 4,392."))
    assert (findings[0].check, findings[0].missing) == ("partial", ("20.2",))


def test_a_figure_changed_in_the_quote_is_checked_against_the_document():
    findings = gather(done(1, chunk_of(THIRD), "22.8 %", "Receivables rose 22.8 % to 4,392."))
    assert (findings[0].check, findings[0].missing) == ("partial", ("22.8",))


def test_a_figure_cut_out_of_a_longer_one_supports_nothing():
    findings = gather(done(1, chunk_of(SECOND), "30", "Receivables 2018 (30"))
    assert (findings[0].check, findings[0].missing) == ("partial", ("30",))


def test_figures_between_the_parts_of_a_quote_support_nothing():
    document = Document("Sales\n10\n20\n30\n")
    findings = gather(
        done(1, Chunk(document.text, 0, Span(0, 15)), "20", "Sales ... 30"), documents=[document]
    )
    assert (findings[0].check, findings[0].quote) == ("partial", "Sales ... 30")


def test_a_name_nobody_wrote_makes_a_finding_partial():
    findings = gather(done(1, chunk_of(THIRD), "It is Bob Iger.", "Tim Cook is chairman."))
    assert findings[0].missing == ("Bob", "Iger")


@pytest.mark.parametrize("quote", [None, "Receivables were sold to a bank."])
def test_a_quote_that_stands_nowhere_is_unverified(quote):
    findings = gather(done(1, chunk_of(SECOND), "305", quote))
    place = findings[0].places[0]
    assert findings[0].check == "unverified"
    assert (place.document, place.span, place.page, place.heading) == (0, None, 2, "heading 0")


def test_the_place_of_a_quote_is_in_its_own_chunk():
    findings = gather(done(1, chunk_of(SECOND), "10", "Debt 10"))
    start = len(FIRST) + 1 + SECOND.index("Debt 10")
    assert findings[0].places == (
        Place(
            chunk=chunk_of(SECOND),
            document=0,
            name="report.txt",
            span=Span(start, start + 7),
            page=2,
            last_page=2,
            heading="heading 0",
        ),
    )


def test_a_quote_from_elsewhere_in_the_document_counts_there():
    findings = gather(done(1, chunk_of(SECOND), "4,392", "Receivables 2018 4,392"))
    assert (findings[0].check, findings[0].places[0].page) == ("verified", 1)


def test_a_quote_from_elsewhere_counts_only_in_whole_words():
    findings = gather(done(1, chunk_of(SECOND), "4,392", "eivables 2018 4,392"))
    assert findings[0].check == "unverified"


def test_a_quote_from_another_document_does_not_count():
    job = done(1, chunk_of(SECOND), "7", "Receivables were 7 at the other firm.")
    assert gather(job, documents=[PAGES, OTHER])[0].check == "unverified"


def test_text_a_plan_composed_is_looked_up_in_every_document():
    chunk = Chunk("Page 9: receivables WERE 7 at the other firm.")
    findings = gather(done(1, chunk, "7", "receivables were 7"), documents=[PAGES, OTHER])
    place = findings[0].places[0]
    assert (findings[0].check, place.document, place.span) == ("verified", 1, Span(0, 18))


def test_without_a_chunk_a_quote_with_a_slip_is_looked_up_everywhere():
    findings = gather(
        done(1, Chunk(""), "7", "Receivables were 7 at the othr firm"), documents=[PAGES, OTHER]
    )
    assert (findings[0].check, findings[0].places[0].document) == ("verified", 1)


def test_what_only_the_plan_wrote_is_unverified():
    findings = gather(done(1, Chunk("Summary: receivables were 9."), "9", "receivables were 9"))
    assert (findings[0].check, findings[0].places[0].document) == ("unverified", None)


def test_a_chunk_the_plan_reshaped_is_read_where_it_was_cut():
    chunk = Chunk("Cash flows | Debt 10", 0, chunk_of(SECOND).span)
    assert gather(done(1, chunk, "10", "Debt 10"))[0].places[0].page == 2


def test_the_columns_of_a_table_are_told():
    table = Document(
        "| Item | 2017 | 2018 |\n|---|---|---|\n| Sales | 10 | 20 |\n| Debt | 1 | 2 |\n"
    )
    chunk = Chunk(table.text, 0, Span(0, len(table.text)))
    findings = gather(done(1, chunk, "20", "| Sales | 10 | 20 |"), documents=[table])
    assert findings[0].places[0].columns == "Item | 2017 | 2018"


def test_a_year_may_stand_in_the_column_titles():
    table = Document(
        "| Item | 2017 | 2018 |\n|---|---|---|\n| Sales | 10 | 20 |\n| Debt | 1 | 2 |\n"
    )
    chunk = Chunk(table.text, 0, Span(0, len(table.text)))
    findings = gather(
        done(1, chunk, "20 in 2018", "| Sales | 10 | 20 |"),
        done(2, chunk, "20 in 2019", "| Sales | 10 | 20 |"),
        documents=[table],
    )
    assert [found.missing for found in findings] == [(), ("2019",)]


def test_the_heading_is_that_of_the_quote():
    findings = gather_findings(
        [done(1, chunk_of(SECOND), "10", "Debt 10")],
        (PAGES,),
        heading_of=lambda document, offset: PAGES.text[offset : offset + 4],
    )
    assert findings[0].places[0].heading == "Debt"


def test_without_a_quote_the_heading_is_that_of_the_chunk():
    findings = gather_findings(
        [done(1, chunk_of(SECOND), "10", None)],
        (PAGES,),
        heading_of=lambda document, offset: PAGES.text[offset : offset + 4],
    )
    assert findings[0].places[0].heading == "Cash"


@pytest.mark.parametrize(
    ("answer", "quote", "check"),
    [
        ("Fraud was found", "e", "partial"),
        ("Yes", "Debt", "partial"),
        ("10", "10", "verified"),
        ("It is 10", "Debt 10", "partial"),
        ("10", "Debt 10", "verified"),
        ("Yes", "chairman", "verified"),
    ],
)
def test_a_quote_of_a_word_or_so_bears_out_only_itself(answer, quote, check):
    chunk = Chunk(PAGES.text, 0, Span(0, len(PAGES.text)))
    assert gather(done(1, chunk, answer, quote))[0].check == check


def test_a_few_characters_of_chinese_say_enough():
    document = Document("当社の資本的支出は十億円。")
    job = done(1, Chunk(document.text, 0, Span(0, 13)), "Yes", "資本的支出")
    assert gather(job, documents=[document])[0].check == "verified"


def test_a_name_that_is_the_whole_answer_is_looked_up():
    chunk = chunk_of(THIRD)
    findings = gather(
        done(1, chunk, "Deloitte", "Receivables rose 22.9 %"),
        done(2, chunk, "Cook", "Receivables rose 22.9 %"),
        done(3, chunk, "It is Cook.", "Receivables rose 22.9 %"),
    )
    assert [(found.answer, found.missing) for found in findings] == [
        ("It is Cook.", ()),
        ("Deloitte", ("Deloitte",)),
        ("Cook", ("Cook",)),
    ]


def test_documents_of_one_name_are_labelled_with_their_index():
    same = Document("Debt was 12 million.", "report.txt")
    job = done(1, Chunk(same.text, 1, Span(0, 20)), "12 million", "Debt was 12 million.")
    labels = [gather(job, documents=[first, same])[0].places[0].label for first in (PAGES, OTHER)]
    assert labels == ["1: report.txt", None]


def test_a_library_serves_several_rounds():
    library = Library([PAGES])
    rounds = [
        gather_findings(
            [done(1, chunk_of(FIRST), "4,392", "Receivables 2018 4,392")],
            [PAGES],
            heading_of=lambda document, offset: None,
            library=library,
        )
        for _ in range(2)
    ]
    assert rounds[0] == rounds[1]
    assert rounds[0][0].check == "verified"


LEDGER = "".join(
    f"Entry {number}: {number * 7} dollars to vendor {number}.\n" for number in range(3000)
)


@pytest.mark.parametrize(
    "quote",
    [
        "paid in gold on day {}",
        "gold {}",
        "Entry {0}: {0} dollars to vendor 3.",
        "vendor {} dollars",
    ],
)
def test_many_invented_quotes_are_given_up_soon(quote):
    chunk = Chunk(LEDGER[:20], 0, Span(0, 20))
    jobs = [done(number, chunk, "5", quote.format(number)) for number in range(1, 3001)]
    findings = gather(*jobs, documents=[Document(LEDGER)])
    assert {found.check for found in findings} == {"unverified"}


def test_a_citation_is_in_the_documents_own_characters():
    job, result = done(1, chunk_of(FIRST), "4,392", "receivables 2018 4392")
    finding = gather((job, replace(result, samples=5, agreed=3)))[0]
    assert to_citation(finding, [PAGES]) == Citation(
        number=1,
        document="report.txt",
        document_index=0,
        quote="Receivables 2018 4,392",
        answer="4,392",
        check="verified",
        start=14,
        end=36,
        page=1,
        heading="heading 0",
        samples=5,
        agreed=3,
    )


def test_a_citation_without_a_place_keeps_the_workers_words():
    finding = gather(done(1, Chunk("Made up: 9."), "9", "Made up: 9."))[0]
    citation = to_citation(finding, [PAGES])
    assert (citation.document_index, citation.start, citation.quote) == (
        None,
        None,
        "Made up: 9.",
    )


def test_a_quote_that_begins_inside_a_word_bears_nothing_out():
    text = "Neither party may assign this agreement."
    (found,) = gather(
        done(
            1, chunk_of(text, whole=Document(text)), "either party may", "either party may assign"
        ),
        documents=(Document(text),),
    )
    assert found.check == "partial"
