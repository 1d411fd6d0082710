"""What documents are called."""

import pytest
from langchain_core.documents import Document as LangChainDocument

from tests.langchain.readings import names, only, page, part


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ({"source": "/home/ann/secret/report.pdf"}, "report.pdf"),
        ({"source": "C:\\Users\\ann\\report.pdf"}, "report.pdf"),
        ({"source": "https://example.org/a/b.html"}, "https://example.org/a/b.html"),
        ({"source": "file:///home/ann/report.pdf"}, "report.pdf"),
        ({"source": "/", "title": "Annual report"}, "Annual report"),
        ({"source": ".", "title": "Annual report"}, "Annual report"),
        ({"source": "report.pdf", "title": "Annual report"}, "report.pdf"),
        ({"title": "Annual report"}, "Annual report"),
        ({}, "document"),
    ],
)
def test_a_document_is_named_after_its_source(metadata, name):
    assert only(LangChainDocument("It is 42.", metadata=metadata)).name == name


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (
            "https://bob:pw@s3.example.org/a.pdf?X-Amz-Signature=SECRET#p",
            "https://s3.example.org/a.pdf",
        ),
        ("https://example.org?token=SECRET", "https://example.org"),
        ("https://example.org:8080/@ann/a#part", "https://example.org:8080/@ann/a"),
        ("postgresql://bob:p@ss@db/reports", "postgresql://db/reports"),
        ("jdbc:postgresql://db/reports?password=SECRET", "jdbc:postgresql://db/reports"),
        ("https://[broken?token=SECRET", "https://[broken"),
    ],
)
def test_a_web_address_tells_no_secret(source, name):
    document = only(page(0, source=source))
    assert (document.name, document.metadata["source"]) == (name, source)


@pytest.mark.parametrize(
    ("sources", "called"),
    [
        (
            ["/filings/2023/10-K.pdf", "/filings/2022/10-K.pdf", "/filings/2022/notes.pdf"],
            ["2023/10-K.pdf", "2022/10-K.pdf", "notes.pdf"],
        ),
        (["C:\\a\\x.pdf", "D:\\a\\x.pdf"], ["C:/a/x.pdf", "D:/a/x.pdf"]),
        (["/a/q/x.pdf", "/b/q/x.pdf", "/c/x.pdf"], ["a/q/x.pdf", "b/q/x.pdf", "c/x.pdf"]),
        (["x.pdf", "/a/b/x.pdf"], ["x.pdf", "b/x.pdf"]),
        (["/a/x.pdf", "/b/../x.pdf"], ["a/x.pdf", "../x.pdf"]),
    ],
)
def test_files_of_the_same_name_are_told_apart_by_no_more_of_their_paths_than_it_takes(
    sources, called
):
    assert names(*(page(0, source=source) for source in sources)) == called


def test_documents_of_one_file_have_its_name():
    rows = [part(f"row {row}", source="/data/table.csv", row=row) for row in range(2)]
    assert names(*rows, page(0, source="./data/../b.csv")) == ["table.csv", "table.csv", "b.csv"]


def test_two_ways_to_write_a_path_are_one_file():
    assert names(page(0, source="a/x.pdf"), page(5, source="./a/x.pdf")) == ["x.pdf", "x.pdf"]


def test_documents_without_a_name_are_numbered_as_they_are_read():
    given = [page(0), page(1), LangChainDocument("a"), LangChainDocument("b")]
    assert names(*given) == ["report.pdf", "document 2", "document 3"]
