"""Texts that seem to be none are refused where there is nothing else to read."""

import pytest

from minions_core import UsageError
from minions_core.door import as_documents

PDF = "%PDF-1.7 ..."
TEXT = "Revenue was 7 million."


@pytest.mark.parametrize("context", ["notes.txt", ["notes.txt"], ["a.md", " ", "b.pdf"]])
def test_a_path_is_refused_with_advice(context):
    with pytest.raises(UsageError, match="looks like a path: pass the text"):
        as_documents(context)


@pytest.mark.parametrize("context", [PDF, [PDF, ""], [PDF, "notes.txt"]])
def test_a_pdf_file_as_it_is_is_refused_with_advice(context):
    with pytest.raises(UsageError, match="holds a PDF file as it is: pass the text"):
        as_documents(context)


@pytest.mark.parametrize("strange", ["notes.txt", PDF])
def test_among_other_texts_any_text_is_one(strange):
    found = as_documents([strange, TEXT])
    assert [document.text for document in found] == [strange, TEXT]


@pytest.mark.parametrize("context", ["", " \n", [], ["", " "]])
def test_no_text_at_all_is_refused(context):
    with pytest.raises(UsageError, match="context is empty"):
        as_documents(context)
