"""What documents are called: their names reach the remote model."""

import pytest
from llama_index.core import Document, SimpleDirectoryReader
from llama_index.core.schema import NodeWithScore

from llama_index_minions import MinionsQueryEngine
from llama_index_minions._nodes import Reading
from tests.llama_index.pieces import names, scored
from tests.llama_index.scripted import QUESTION, REPORT, supervisor, worker


def named(identity: str = "report", excluded: tuple[str, ...] = (), **metadata) -> str:
    document = Document(
        text="text",
        id_=identity,
        metadata=metadata,
        excluded_llm_metadata_keys=list(excluded),
    )
    return Reading.of([NodeWithScore(node=document)]).documents[0].name


BOTH = {"file_name": "secret.txt", "title": "A report"}


@pytest.mark.parametrize(
    ("excluded", "name"),
    [
        ((), "secret.txt"),
        (("file_size",), "secret.txt"),
        (("title",), "secret.txt"),
        (("file_name",), "A report"),
        (("file_name", "title"), "document 1"),
    ],
)
def test_a_name_its_owner_keeps_from_models_is_kept_from_them(excluded, name):
    assert named(excluded=excluded, **BOTH) == name


def test_an_id_does_not_tell_what_the_owner_hides():
    assert named("/x/secret.txt", ("file_name",), file_name="secret.txt") == "document 1"


def test_what_a_reader_of_files_excludes_of_its_own_accord_hides_no_names(tmp_path):
    (tmp_path / "report.txt").write_text("text")
    [document] = SimpleDirectoryReader(str(tmp_path)).load_data()
    assert "file_name" in document.excluded_llm_metadata_keys
    assert names([NodeWithScore(node=document)]) == ["report.txt"]


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        ("report", "report"),
        ("/home/ada/merger/report.txt", "report.txt"),
        ("/home/ada/merger/", "merger"),
        (r"C:\merger\report.txt", "report.txt"),
        ("https://example.com/merger/report.html?token=1#top", "report.html"),
        ("/", "document 1"),
        ("/home/ada/0b5e3c1e-8f61-4c8c-9a57-2b6f0b0f6a11", "document 1"),
        ("0B5E3C1E-8F61-4C8C-9A57-2B6F0B0F6A11", "document 1"),
    ],
)
def test_of_an_id_that_is_a_path_only_the_last_part_is_told(identity, name):
    assert named(identity) == name
    assert names([scored("text", identity)]) == [name]


def test_no_path_and_no_hidden_name_reaches_the_remote_model():
    remote = supervisor()
    documents = [
        Document(text=REPORT, id_="/home/ada/merger/report.txt"),
        Document(
            text="Other.",
            metadata={"title": "Merger", "file_name": "merger.txt"},
            excluded_llm_metadata_keys=["title", "file_name"],
        ),
    ]
    MinionsQueryEngine(worker(), remote, documents=documents).query(QUESTION)
    assert "report.txt" in str(remote.asked)
    assert "merger" not in str(remote.asked).lower()
