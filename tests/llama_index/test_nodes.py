"""Nodes put together to documents, and citations found in the nodes again."""

from hypothesis import given
from hypothesis import strategies as st
from llama_index.core import Document
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import ImageNode, NodeWithScore

from llama_index_minions._nodes import Reading
from minions_core.documents import Span
from minions_core.result import Citation
from tests.llama_index.pieces import scored, texts, texts_in_place


def citation(start: int | None, end: int | None, document: int = 0) -> Citation:
    return Citation(
        number=1,
        document="",
        document_index=document,
        quote="",
        answer="",
        check="verified",
        start=start,
        end=end,
    )


# Documents


def test_nodes_of_different_sources_are_documents_of_their_own():
    assert texts([scored("one"), scored("two")]) == ["one", "two"]


def test_a_document_is_named_after_its_file_or_title_or_source_or_by_its_number():
    nodes = [
        scored("a", file_name="a.txt", title="A"),
        scored("b", title="B"),
        scored("c", source="c-1"),
        scored("d"),
    ]
    names = [document.name for document in Reading.of(nodes).documents]
    assert names == ["a.txt", "B", "c-1", "document 4"]


def test_a_document_keeps_the_metadata_and_the_page_of_its_first_node():
    (document,) = Reading.of([scored("a", page_label="7", author="Ada")]).documents
    assert document.metadata == {"page_label": "7", "author": "Ada"}
    assert document.first_page == 7


def test_nodes_without_text_are_left_out():
    assert texts([scored(" \n"), NodeWithScore(node=ImageNode()), scored("text")]) == ["text"]


def test_pieces_that_overlap_are_joined_without_the_repetition():
    nodes = [scored("The quick brown", "doc", 0), scored("brown fox", "doc", 10)]
    assert texts(nodes) == ["The quick brown fox"]


def test_pieces_that_touch_are_joined_as_they_were():
    assert texts([scored("The quick ", "doc", 0), scored("fox", "doc", 10)]) == ["The quick fox"]


def test_pieces_out_of_order_are_put_in_order():
    nodes = [scored("brown fox", "doc", 10), scored("The quick brown", "doc", 0)]
    assert texts(nodes) == ["The quick brown fox"]


def test_a_piece_within_another_adds_nothing():
    nodes = [scored("The quick brown fox", "doc", 0), scored("quick", "doc", 4)]
    assert texts(nodes) == ["The quick brown fox"]


def test_pieces_apart_are_parted_by_a_blank_line():
    assert texts([scored("One.", "doc", 0), scored("Ten.", "doc", 90)]) == ["One.\n\nTen."]


def test_pieces_whose_places_do_not_hold_are_parted_by_a_blank_line():
    assert texts([scored("One two", "doc", 0), scored("six", "doc", 4)]) == ["One two\n\nsix"]


def test_pages_of_a_file_become_pages_of_one_document():
    nodes = [scored(f"page {n}", file_name="a.pdf", page_label=str(n)) for n in (4, 3)]
    (document,) = Reading.of(nodes).documents
    assert document.text == "page 3\fpage 4"
    assert [document.page_at(0), document.page_at(10)] == [3, 4]


def test_pages_without_numbers_stay_apart_from_those_with():
    nodes = [scored("preface", file_name="a.pdf", page_label="iv")]
    nodes.append(scored("page 1", file_name="a.pdf", page_label="1"))
    assert texts(nodes) == ["preface", "page 1"]


def test_a_split_document_is_whole_again():
    text = " ".join(f"Sentence number {n} says something else." for n in range(60))
    splitter = SentenceSplitter(chunk_size=64, chunk_overlap=16)
    nodes = splitter.get_nodes_from_documents([Document(text=text)])
    (whole,) = texts([NodeWithScore(node=node) for node in nodes])
    assert len(nodes) > 5
    assert whole.split() == text.split()


# Places


def test_a_citation_is_found_in_its_node():
    nodes = [scored("The quick ", "doc", 0), scored("brown fox", "doc", 10)]
    place = Reading.of(nodes).place(citation(16, 19))
    assert place.node is nodes[1]
    assert place.span == Span(6, 9)


def test_a_citation_over_an_edge_is_placed_where_most_of_it_is():
    nodes = [scored("The quick ", "doc", 0), scored("brown fox", "doc", 10)]
    place = Reading.of(nodes).place(citation(8, 15))
    assert (place.node.node_id, place.span) == (nodes[1].node_id, Span(0, 5))


def test_a_citation_without_a_place_is_known_by_its_only_node():
    nodes = [scored("one")]
    place = Reading.of(nodes).place(citation(None, None))
    assert (place.node, place.span) == (nodes[0], None)


def test_a_citation_without_a_place_is_not_guessed_among_several_nodes():
    nodes = [scored("One.", "doc", 0), scored("Ten.", "doc", 90)]
    assert Reading.of(nodes).place(citation(None, None)) is None


def test_a_citation_of_text_a_plan_composed_has_no_place():
    assert Reading.of([scored("one")]).place(citation(None, None, None)) is None


def test_a_citation_of_what_stands_between_nodes_has_no_place():
    nodes = [scored("One.", "doc", 0), scored("Ten.", "doc", 90)]
    assert Reading.of(nodes).place(citation(4, 6)) is None


pieces = st.builds(
    scored,
    st.text("ab \n", min_size=1, max_size=12),
    source=st.sampled_from(["one", "two", None]),
    start=st.none() | st.integers(0, 20),
    page_label=st.sampled_from(["1", "2", "4", "iv", ""]),
    file_name=st.sampled_from(["a.pdf", "b.pdf", ""]),
)


@given(st.lists(pieces, max_size=12))
def test_every_node_stands_in_its_document_word_for_word(nodes):
    placed = texts_in_place(nodes)
    assert all(text == node.get_content() for text, node in placed)
    given_ids = sorted(node.node_id for node in nodes if node.get_content().strip())
    assert sorted(node.node_id for _, node in placed) == given_ids
