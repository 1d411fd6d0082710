"""Files and folders as documents: text, Markdown, PDF, Word, HTML, CSV, JSON, source code.

    documents = read_files(["report.pdf", "notes/", "contracts/**/*.docx"])
    document = document_from_bytes("report.pdf", uploaded)

Needs the packages of the extra `minions-integrations[cli]`, each where a file of its kind is read.
"""

from minions_core.files.finding import PassedOver
from minions_core.files.gathering import read_files
from minions_core.files.reading import document_from_bytes

__all__ = ["PassedOver", "document_from_bytes", "read_files"]
