"""Documents as loaders and splitters make them, and what is read of them."""

from langchain_core.documents import Document as LangChainDocument

from langchain_minions._runs.reading import Reading
from minions_core.result import Citation


def page(number, text=None, source="/data/report.pdf", **metadata):
    metadata = {"source": source, "page": number, **metadata}
    return LangChainDocument(text or f"page {number}", metadata=metadata)


def part(text, start=None, **metadata):
    index = {} if start is None else {"start_index": start}
    return LangChainDocument(text, metadata={"source": "notes.txt", **metadata, **index})


def texts(*given):
    return [text if isinstance(text, str) else text.text for text in Reading.of(given).texts]


def names(*given):
    return [text.name for text in Reading.of(given).texts]


def only(*given):
    [text] = Reading.of(given).texts
    return text


def cite(start, end, document_index=0, page=None):
    return Citation(
        number=3,
        document="report.pdf",
        document_index=document_index,
        quote="quoted",
        answer="42",
        check="verified",
        start=start,
        end=end,
        page=page,
    )


def found(citation, *given):
    return Reading.of(given).evidence(citation).metadata
