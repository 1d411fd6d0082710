"""What to ask about: the made-up report, uploaded files, or pasted text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from minions_core.app.markup import counted, div, span
from minions_core.app.state import Session
from minions_core.app.trouble import Trouble
from minions_core.demo import Report, annual_report
from minions_core.documents import PAGE_BREAK, Document
from minions_core.errors import MinionsError
from minions_core.files import PassedOver, document_from_bytes

_EXAMPLE, _UPLOAD, _PASTE = "example", "upload", "paste"
_SOURCES = {_EXAMPLE: "Example report", _UPLOAD: "Upload files", _PASTE: "Paste text"}
_KINDS = ["pdf", "docx", "html", "htm", "md", "txt", "csv", "json", "py"]
_UNREAD = "not_read"
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
    if errors := [error for error in read if isinstance(error, Exception)]:
        st.html(Trouble.of_files(errors).box())
    return told_apart([document for document in read if isinstance(document, Document)])


def told_apart(documents: Iterable[Document]) -> tuple[Document, ...]:
    """Documents with a number after the name where another has the same: `a.txt (2)`."""
    named: dict[str, Document] = {}
    for document in documents:
        numbered = (f"{document.name} ({number})" for number in count(2))
        free = next(name for name in chain([document.name], numbered) if name not in named)
        named[free] = document if free == document.name else replace(document, name=free)
    return tuple(named.values())


def _read(file: UploadedFile) -> Document | Exception:
    unread: list[PassedOver] = []
    try:
        with st.spinner("Reading the file"):
            document = document_from_bytes(file.name, file.getvalue(), on_passed_over=unread.append)
    except MinionsError as error:
        return error
    reasons = [f"{part.name} {part.reason}" for part in unread]
    return replace(document, metadata={**document.metadata, _UNREAD: reasons})


def _line(document: Document) -> str:
    pages_held = document.text.count(PAGE_BREAK) + 1
    pages = f"{counted(pages_held, 'page')}, " if document.page_at(0) is not None else ""
    size = f"{pages}{counted(len(document.text), 'character')}"
    unread = [div("mn-dim", reason) for reason in document.metadata.get(_UNREAD, ())]
    return div("mn-doc", span("mn-name", document.name), span("mn-dim", size), *unread)
