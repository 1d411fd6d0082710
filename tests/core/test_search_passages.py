import pytest
from hypothesis import strategies as st

from minions_core.documents import Document
from minions_core.errors import UsageError
from minions_core.messages import estimate_tokens
from minions_core.search import best_passages
from tests.core.cutting import always, texts

FILLER = [
    f"This is sentence number {number} of a report, and it says nothing of interest at all."
    for number in range(400)
]


def words(text):
    return len(text.split())


def report(*facts, at=200):
    """A long report with some facts in the midst of it."""
    return Document("\n\n".join(["\n".join(FILLER[:at]), *facts, "\n".join(FILLER[at:])]), "report")


def best(documents, query, room, count=estimate_tokens, *, fill=False):
    return best_passages(documents, query, max_tokens=room, count=count, fill=fill)


def test_the_passage_that_suits_the_question_is_found():
    found = best([report("The debt of the company is 5 million.")], "How high is the debt?", 250)
    assert "The debt of the company is 5 million." in found[0].text


@always(
    texts=st.lists(texts, max_size=4),
    query=st.sampled_from(["", "results", "the end", ["Smith", "results"]]),
    room=st.integers(1, 200),
    fill=st.booleans(),
)
def test_passages_stand_where_they_say_apart_and_within_the_room(texts, query, room, fill):
    documents = [Document(text) for text in texts]
    found = best(documents, query, room, fill=fill)
    assert sum(estimate_tokens(passage.text) for passage in found) <= room
    assert all(
        documents[passage.document].text[passage.span.start : passage.span.end] == passage.text
        for passage in found
    )
    chars = {
        (passage.document, at)
        for passage in found
        for at in range(passage.span.start, passage.span.end)
    }
    assert len(chars) == sum(len(passage.text) for passage in found)


def test_the_best_comes_first():
    documents = [report("The debt is falling."), report("Debt debt debt, nothing but debt.", at=40)]
    assert [passage.document for passage in best(documents, "debt", 500)] == [1, 0]


def test_it_is_known_which_passage_of_how_many_it_is():
    found = best([report("The debt is high.")], "debt", 500)[0]
    assert 1 < found.number < found.of


def test_neighbours_become_one():
    facts = [f"The debt of part {number} is high. " * 12 for number in range(6)]
    found = best([report(*facts)], "debt", 2000)
    assert len(found) == 1
    assert "\n\n".join(facts).strip() in found[0].text


def test_neighbours_in_different_documents_stay_apart():
    found = best([Document("The debt is high."), Document("The debt is low.")], "debt", 500)
    assert [passage.text for passage in found] == ["The debt is high.", "The debt is low."]


def test_no_sentence_is_cut():
    found = best([Document(" ".join(FILLER))], "sentence number 17, 218 and 303", 600)
    ends = [(passage.text[:7], passage.text[-7:]) for passage in found]
    assert set(ends) == {("This is", "at all.")}


@pytest.mark.parametrize("query", ["", "  ", "?", "what is the", "unheard", []], ids=repr)
def test_a_question_that_finds_nothing_has_no_passages(query):
    assert best([report("The debt is high.")], query, 500) == []


@pytest.mark.parametrize("query", ["", "unheard", []], ids=repr)
def test_to_fill_the_room_the_first_passages_are_taken(query):
    found = best([report("The debt is high.")], query, 500, fill=True)
    assert found[0].text.startswith(FILLER[0])
    assert 350 < estimate_tokens(found[0].text) <= 500


def test_to_fill_the_room_comes_after_what_was_found():
    found = best([report("The debt is high.")], "debt", 900, fill=True)
    assert "The debt is high." in found[0].text
    assert found[1].text.startswith(FILLER[0])


def test_all_there_is_is_taken_if_there_is_room():
    document = report("The debt is high.")
    assert [p.text for p in best([document], "debt", 10**6, fill=True)] == [document.text]


def test_a_room_too_small_for_any_passage_has_none():
    assert best([report("The debt is high.")], "debt", 3) == []


def test_a_small_room_gets_small_passages():
    found = best([report("The debt is high.")], "debt", 60)
    assert "The debt is high." in found[0].text


@pytest.mark.parametrize("documents", [[], [Document("")], [Document(" \n")]], ids=repr)
def test_documents_without_text_have_no_passages(documents):
    assert best(documents, "debt", 500, fill=True) == []


def test_several_phrasings_are_searched_for():
    documents = [report("Capital expenditure is 5."), report("Purchases of equipment are 5.", at=9)]
    found = best(documents, ["capital expenditure", "equipment purchases"], 800)
    assert {passage.document for passage in found[:2]} == {0, 1}


def test_a_giant_document_leaves_room_for_a_small_one():
    giant = Document("\n".join(FILLER * 60))
    found = best([giant, Document("The debt is high.")], "the debt in sentence 5", 500)
    assert found[0].document == 1


def test_what_goes_around_a_passage_may_be_counted_in():
    def with_label(text):
        return words(text) + 40

    found = best([report(*["The debt is high."] * 9)], "debt number", 300, with_label)
    assert 0 < sum(map(with_label, [passage.text for passage in found])) <= 300


def test_what_counts_more_in_one_piece_still_fits():
    def dear_when_long(text):
        return words(text) + len(text) // 700

    document = Document("\n".join(f"debt {line}" for line in FILLER))
    found = best([document], "debt", 900, dear_when_long)
    assert 700 < sum(dear_when_long(passage.text) for passage in found) <= 900


@pytest.mark.parametrize("room", [0, -1, 2.5, "9", True, None], ids=repr)
def test_a_room_that_makes_no_sense_is_refused(room):
    with pytest.raises(UsageError, match=r"max_tokens, .* must be a whole number of at least 1"):
        best([Document("text")], "text", room)


def test_the_same_is_found_each_time():
    documents = [report("The debt is high.", at=at) for at in (10, 90, 300)]
    assert best(documents, "debt report", 700) == best(documents, "debt report", 700)
