"""How much of the documents was read."""

import pytest

from minions_core.documents import Chunk, Document, Span
from minions_core.evidence.coverage import Coverage, coverage, page_finder
from minions_core.jobs import Job

PAGES = Document("First page\n\fSecond page\n\fThird page\n")
FIRST = Chunk("First page", 0, Span(0, 10))
THIRD = Chunk("Third page", 0, Span(25, 35))
SHORT = Document("Short.")


def reading(*chunks):
    return [Job(id=1, round=1, task="t", chunk=chunk) for chunk in chunks]


def test_overlaps_are_read_once():
    document = Document("x" * 100)
    chunks = [Chunk("x" * 30, 0, Span(start, start + 30), n, 4) for n, start in [(1, 0), (2, 20)]]
    assert coverage(reading(*chunks, chunks[0]), [document]) == Coverage(
        shares=(0.5,), share=0.5, excerpts=2, of=4, pages=((),)
    )


def test_every_document_has_its_share():
    chunk = Chunk(SHORT.text, 1, Span(0, len(SHORT.text)), 1, 1)
    read = coverage(reading(chunk), [PAGES, SHORT])
    assert read.shares == (0.0, 1.0)
    assert read.share == pytest.approx(len(SHORT.text) / len(PAGES.text + SHORT.text))


def test_pages_read_are_told():
    assert coverage(reading(FIRST, THIRD), [PAGES]).pages == ((1, 3),)


def test_without_numbers_nobody_knows_how_many_excerpts_there_are():
    assert coverage(reading(FIRST), [PAGES]).of is None


def numbered(number, of, start, document=0):
    return Chunk("x", document, Span(start, start + 1), number, of)


def test_pieces_of_a_chunk_that_was_cut_are_one_excerpt():
    pieces = [numbered(18, 40, start) for start in range(3)]
    read = coverage(reading(*pieces), [PAGES])
    assert (read.excerpts, read.of) == (1, 40)


def test_chunks_of_several_documents_add_up():
    chunks = [numbered(1, 4, 0), numbered(2, 4, 1), numbered(1, 3, 0, document=1)]
    read = coverage(reading(*chunks), [PAGES, SHORT])
    assert (read.excerpts, read.of) == (3, 7)


def test_chunkings_of_one_document_that_differ_leave_their_number_unknown():
    read = coverage(reading(numbered(1, 40, 0), numbered(10, 120, 5)), [PAGES])
    assert (read.excerpts, read.of) == (2, None)


def test_one_chunk_without_a_number_leaves_it_unknown_for_all():
    read = coverage(reading(numbered(1, 4, 0), FIRST), [PAGES])
    assert (read.excerpts, read.of) == (2, None)


def test_text_a_plan_composed_covers_nothing():
    assert coverage(reading(Chunk("made up")), [PAGES]).share == 0


def test_an_empty_document_is_no_trouble():
    assert coverage([], [Document("")]).shares == (0.0,)


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (
            Coverage(
                shares=(0.031,), share=0.031, excerpts=5, of=212, pages=((3, 17, 40, 41, 42),)
            ),
            "5 of 212 excerpts (3 % of the text; pages 3, 17, 40-42)",
        ),
        (
            Coverage(shares=(0.001, 0.0), share=0.001, excerpts=1, of=None, pages=((1,), ())),
            "1 excerpt (under 1 % of the text)",
        ),
        (
            Coverage(shares=(1.0,), share=1.0, excerpts=2, of=2, pages=((),)),
            "2 of 2 excerpts (100 % of the text)",
        ),
        (
            Coverage(
                shares=(0.5,), share=0.5, excerpts=20, of=None, pages=(tuple(range(1, 40, 2)),)
            ),
            "20 excerpts (50 % of the text; pages 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23 ...)",
        ),
    ],
)
def test_coverage_is_told_in_a_line(read, words):
    assert str(read) == words


@pytest.mark.parametrize(
    "document",
    [PAGES, SHORT, Document(PAGES.text, first_page=7), Document("Short.", first_page=3)],
)
def test_pages_are_found_as_a_document_finds_them(document):
    page_at = page_finder(document)
    offsets = range(len(document.text) + 1)
    assert [page_at(offset) for offset in offsets] == [document.page_at(o) for o in offsets]
