"""What a reader finds: passages of the documents, word for word."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from minions_core import Document, UsageError
from minions_core.clients import ExtractiveClient
from minions_core.demo import annual_report
from minions_core.reader import Reader
from tests.core.reading import (
    BEFORE,
    NOTHING,
    OTHER,
    QUESTION,
    REPORT,
    SPENT,
    excerpt,
    finding,
    quotes,
    quoting,
    read,
    reader,
)


def test_a_passage_stands_in_its_document_where_it_says():
    (found,) = read(quoting(SPENT)).citations
    assert REPORT.text[found.start : found.end] == found.quote == SPENT


def test_a_passage_tells_document_heading_answer_and_check():
    (found,) = read(quoting(SPENT)).citations
    assert (found.document, found.heading, found.answer, found.check, found.number) == (
        "report.txt",
        "Spending",
        "$120 million",
        "verified",
        1,
    )


def test_a_passage_knows_its_page():
    (found,) = read(quoting(SPENT), Document(f"Cover\f{SPENT}", first_page=7)).citations
    assert found.page == 8


def test_every_quote_of_a_reply_is_a_passage():
    assert quotes(read(quoting(OTHER, SPENT))) == [SPENT, OTHER]


def test_passages_are_numbered_in_the_order_of_the_text():
    found = read(quoting(OTHER, SPENT)).citations
    assert [citation.number for citation in found] == [1, 2]


def test_sentences_side_by_side_are_one_passage():
    assert quotes(read(quoting(SPENT, BEFORE))) == [f"{SPENT} {BEFORE}"]


def test_quotes_that_overlap_are_one_passage():
    overlapping = read(quoting(SPENT, f"in 2023. {BEFORE}"))
    assert quotes(overlapping) == [f"{SPENT} {BEFORE}"]


def test_a_quote_within_another_takes_nothing_from_it():
    nested = read(quoting(f"{SPENT} {BEFORE}", "expenditure was $120 million"))
    assert quotes(nested) == [f"{SPENT} {BEFORE}"]


def test_sentences_side_by_side_with_two_answers_are_two_passages():
    long = Document(f"{'It rained. ' * 30}{SPENT}\n\n{BEFORE}{' It snowed.' * 30}")

    def worker(ask):
        is_first = SPENT in excerpt(ask)
        quote, answer = (SPENT, "$120 million") if is_first else (BEFORE, "$110 million")
        return quoting(quote, answer=answer)(ask)

    found = read(worker, long, max_chunk_tokens=128).citations
    assert [(one.quote, one.answer) for one in found] == [
        (SPENT, "$120 million"),
        (BEFORE, "$110 million"),
    ]


def test_sentences_side_by_side_in_two_documents_are_two_passages():
    assert quotes(read(quoting(SPENT), Document(SPENT), Document(SPENT))) == [SPENT, SPENT]


def test_each_document_that_says_the_same_is_a_source():
    both = read(quoting(SPENT), Document(SPENT, "a"), Document(f"So: {SPENT}", "b"))
    assert [(found.document, found.start) for found in both.citations] == [("a", 0), ("b", 4)]


@pytest.mark.parametrize(
    "citation",
    [SPENT, [SPENT, None], [[SPENT]], f"{SPENT}\n\n{OTHER}", [SPENT, OTHER]],
    ids=["text", "with null", "nested", "paragraphs", "array"],
)
def test_quotes_are_read_however_they_are_put(citation):
    reply = json.dumps({"citation": citation, "answer": "$120 million"})
    assert SPENT in quotes(read(lambda ask: reply))


def test_a_quote_with_slips_comes_back_as_the_document_has_it():
    slipped = SPENT.replace("expenditure", "expendture")
    assert quotes(read(quoting(slipped))) == [SPENT]


def test_a_quote_that_stands_nowhere_is_left_out_and_told_of():
    result = read(quoting("Nobody ever wrote this sentence here.", SPENT))
    assert (quotes(result), result.notes) == (
        [SPENT],
        ("Quotes that stand in no document were left out: 1.",),
    )


def test_a_quote_of_a_word_that_shows_nothing_is_no_passage():
    assert quotes(read(quoting("2023", answer="It was a lot of money."))) == []


def test_a_passage_whose_answer_is_not_borne_out_stays_and_says_so():
    (found,) = read(quoting(SPENT, answer="$130 million")).citations
    assert (found.quote, found.check) == (SPENT, "partial")


def test_an_answer_may_be_held_by_several_passages_together():
    result = read(quoting(SPENT, OTHER, answer="$120 million; 3,400 employees"))
    assert [found.check for found in result.citations] == ["verified", "verified"]


def test_an_answer_that_is_a_quote_itself_is_a_passage():
    assert quotes(read(lambda ask: json.dumps({"answer": SPENT}))) == [SPENT]


def test_a_document_with_nothing_to_say_has_no_passage():
    result = read(finding(SPENT), Document(OTHER, "other"), REPORT)
    assert [found.document for found in result.citations] == ["report.txt"]


def test_jobs_are_counted_by_what_they_came_to():
    result = read(finding(SPENT), Document(OTHER, "other"), REPORT)
    assert dict(result.counts) == {"abstained": 1, "answered": 1}


def test_a_long_document_is_read_in_chunks_and_its_spans_stay_true():
    text = "\n\n".join(f"On day {day} nothing happened at all." for day in range(300))
    long = Document(f"{text}\n\n{SPENT}\n\n{text}", "long.txt")
    result = read(finding(SPENT), long, max_chunk_tokens=200)
    assert result.chunks == len(result.jobs) > 10
    assert [long.text[found.start : found.end] for found in result.citations] == [SPENT]


def test_a_question_is_put_as_it_is():
    model = reader(quoting(SPENT))
    model.read(QUESTION, REPORT)
    assert f"Task: {QUESTION}\n" in model.local.asked[0].messages[1].content


def test_key_words_are_put_as_a_question_about_them():
    model = reader(quoting(SPENT))
    model.read("capex 2023", REPORT)
    told = model.local.asked[0].messages[1].content
    assert "Task: What, if anything, does the text say about this: capex 2023\n" in told


def test_the_question_is_kept_as_it_was_asked():
    assert read(quoting(SPENT), question=" capex 2023 ").question == "capex 2023"


def test_a_model_is_held_to_an_array_of_quotes():
    model = reader(quoting(SPENT))
    model.read(QUESTION, REPORT)
    citation = model.local.asked[0].schema.schema["properties"]["citation"]
    assert {"type": "array", "items": {"type": "string"}} in citation["anyOf"]


def test_the_prompt(snapshot):
    class Markdown(SingleFileSnapshotExtension):
        file_extension = "md"
        _write_mode = WriteMode.TEXT

    model = reader(lambda ask: NOTHING)
    model.read(QUESTION, REPORT)
    said = model.local.asked[0].messages
    told = "\n\n".join(f"## {message.role}\n\n{message.content}" for message in said)
    assert told == snapshot.use_extension(Markdown)


def test_the_stand_in_for_a_model_finds_the_fact_in_a_report():
    report = annual_report()
    fact = report.facts["capital_expenditure"]
    result = Reader(ExtractiveClient()).read(fact.question, report.document)
    assert any(fact.figure in found.answer and found.verified for found in result.citations)


@pytest.mark.parametrize("question", ["", "  "])
def test_without_a_question_nothing_is_read(question):
    with pytest.raises(UsageError, match="task is empty"):
        read(quoting(SPENT), question=question)


def test_without_a_text_nothing_is_read():
    with pytest.raises(UsageError, match="context is empty"):
        read(quoting(SPENT), Document("  "))


words = st.text(alphabet="ab c.\n\f", min_size=1, max_size=200).filter(str.strip)


@given(texts=st.lists(words, min_size=1, max_size=3), data=st.data())
def test_passages_are_the_documents_own_words_in_order_and_apart(texts, data):
    cuts = st.tuples(st.integers(0, 200), st.integers(0, 200))
    chosen = data.draw(st.lists(cuts, max_size=4))

    def worker(ask):
        there = excerpt(ask)
        said = [there[min(pair) : max(pair)] for pair in chosen]
        return json.dumps({"citation": said, "answer": "a"})

    documents = [Document(text) for text in texts]
    found = read(worker, *documents).citations
    places = [(one.document_index, one.start, one.end) for one in found]
    assert [documents[index].text[start:end] for index, start, end in places] == [
        one.quote for one in found
    ]
    assert all(one[0] < two[0] or one[2] <= two[1] for one, two in pairwise(places))
