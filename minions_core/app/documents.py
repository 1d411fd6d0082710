"""What to ask about: the made-up report, uploaded files, or pasted text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from minions_core.app.markup import counted, div, span
from minions_core.app.state import Session
from minions_core.app.trouble import Trouble
from minions_core.demo import Report, annual_report
from minions_core.documents import PAGE_BREAK, Document
from minions_core.errors import MinionsError
from minions_core.files import document_from_bytes

_EXAMPLE, _UPLOAD, _PASTE = "example", "upload", "paste"
_SOURCES = {_EXAMPLE: "Example report", _UPLOAD: "Upload files", _PASTE: "Paste text"}
_KINDS = ["pdf", "docx", "html", "htm", "md", "txt", "csv", "json", "py"]
_FACTS = ("capital_expenditure", "largest_customer", "settlement", "ceo")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What there is to ask about.

    Attributes:
        documents: the documents.
        questions: some that suit them.
    """

    documents: tuple[Document, ...]
    questions: tuple[str, ...] = ()


def choose_documents(session: Session) -> Chosen:
    """Ask for documents, and tell what they are."""
    with st.container(border=True):
        source = st.segmented_control(
            "What to ask about",
            list(_SOURCES),
            format_func=_SOURCES.__getitem__,
            default=_EXAMPLE,
            required=True,
            key="source",
        )
        chosen = _chosen(source, session)
        if chosen.documents:
            st.html(div("mn-docs", *(_line(document) for document in chosen.documents)))
        return chosen


def _chosen(source: str, session: Session) -> Chosen:
    if source == _UPLOAD:
        return Chosen(_uploaded(session))
    if source == _PASTE:
        pasted = st.text_area("Text", height=180, placeholder="Paste a text here", key="paste")
        return Chosen((Document(pasted, name="pasted text"),) if pasted.strip() else ())
    report = _report()
    questions = tuple(report.facts[fact].question for fact in _FACTS)
    return Chosen((report.document,), questions)


@st.cache_resource(show_spinner=False)
def _report() -> Report:
    return annual_report()


def _uploaded(session: Session) -> tuple[Document, ...]:
    files: Sequence[UploadedFile] = st.file_uploader(
        "Files", type=_KINDS, accept_multiple_files=True, key="upload"
    )
    ids = {file.file_id for file in files}
    session.uploads = {key: read for key, read in session.uploads.items() if key in ids}
    for file in files:
        if file.file_id not in session.uploads:
            session.uploads[file.file_id] = _read(file)
    read = [session.uploads[file.file_id] for file in files]
    for error in read:
        if isinstance(error, Exception):
            st.html(Trouble.of(error).box())
    return tuple(document for document in read if isinstance(document, Document))


def _read(file: UploadedFile) -> Document | Exception:
    try:
        with st.spinner("Reading the file"):
            return document_from_bytes(file.name, file.getvalue())
    except MinionsError as error:
        return error


def _line(document: Document) -> str:
    count = document.text.count(PAGE_BREAK) + 1
    pages = f"{counted(count, 'page')}, " if document.page_at(0) is not None else ""
    size = f"{pages}{counted(len(document.text), 'character')}"
    return div("mn-doc", span("mn-name", document.name), span("mn-dim", size))
