"""Which nodes are of one file, where files have one name."""

from llama_index.core import Document
from llama_index.core.schema import NodeWithScore

from tests.llama_index.pieces import names, page, scored, texts


def test_pages_of_one_path_are_of_one_file():
    nodes = [page(1, file_path="/3M/10-K.pdf"), page(2, file_path="/3M/10-K.pdf")]
    assert texts(nodes) == ["page 1\fpage 2"]


def test_files_of_one_name_in_two_places_are_two():
    nodes = [page(1, file_path="/3M/10-K.pdf"), page(2, file_path="/Boeing/10-K.pdf")]
    assert texts(nodes) == ["page 1", "page 2"]


def test_pages_read_one_by_one_are_of_one_file():
    assert texts([page(n, source=f"id of {n}") for n in (1, 2)]) == ["page 1\fpage 2"]


def test_files_of_one_name_given_one_after_the_other_are_two():
    nodes = [page(n, f"{of} {n}", f"{of}-{n}") for of in ("3M", "Boeing") for n in (1, 2)]
    assert texts(nodes) == ["3M 1\f3M 2", "Boeing 1\fBoeing 2"]


def test_blank_pages_do_not_part_files_of_one_name():
    nodes = [
        page(n, f"{of} {n}" * (n != 2), f"{of}-{n}") for of in ("3M", "Boeing") for n in (1, 2, 3)
    ]
    assert texts(nodes) == ["3M 1\f\f3M 3", "Boeing 1\f\fBoeing 3"]


def test_found_pages_of_files_of_one_name_stay_apart_where_they_do_not_follow_each_other():
    found = [("Boeing", 2), ("3M", 1), ("3M", 3), ("Boeing", 1), ("3M", 9), ("3M", 2)]
    nodes = [page(n, f"{of} {n}", f"{of}-{n}") for of, n in found]
    assert texts(nodes) == ["Boeing 2", "3M 1", "3M 3", "Boeing 1", "3M 9", "3M 2"]


def test_parts_of_one_page_are_of_one_file():
    nodes = [page(1, "one", "3M-1"), page(1, "1", "Boeing-1"), page(1, "two", "3M-1")]
    assert texts(nodes) == ["one\n\ntwo", "1"]


def test_pages_cut_from_whole_files_are_of_the_files_they_were_cut_from():
    nodes = [page(n, f"{of} {n}", of) for of, n in [("a", 1), ("b", 2), ("a", 3), ("b", 4)]]
    assert texts(nodes) == ["a 1\f\fa 3", "b 2\f\fb 4"]


def test_texts_of_one_name_without_pages_are_of_the_documents_they_were_cut_from():
    nodes = [scored(f"{of} text", of, file_name="10-K.txt") for of in ("3M", "Boeing", "3M")]
    assert texts(nodes) == ["3M text\n\n3M text", "Boeing text"]
    assert names(nodes) == ["10-K.txt", "10-K.txt"]


def test_whole_documents_of_one_name_are_two():
    nodes = [
        NodeWithScore(node=Document(text=of, metadata={"file_name": "10-K.txt"}))
        for of in ("3M", "Boeing")
    ]
    assert texts(nodes) == ["3M", "Boeing"]


def test_nodes_that_tell_nothing_but_their_file_are_of_one_file():
    assert texts([scored(text, file_name="a.txt") for text in "ab"]) == ["a\n\nb"]
