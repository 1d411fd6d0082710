"""What reading files needs, and when."""

import subprocess
import sys

import pytest

from minions_core.errors import MissingExtra
from minions_core.files import document_from_bytes
from tests.files.making import pdf, word

LOADED = """
import sys, minions_core.files
minions_core.files.document_from_bytes("a.md", b"text")
print(*sys.modules)
"""
FILES = {
    "a.pdf": pdf("text"),
    "a.docx": word(lambda document: document.add_paragraph("text")),
    "a.html": b"<p>text</p>",
    "a.txt": "Grüße".encode("latin-1"),
}


@pytest.mark.parametrize(
    ("module", "name", "package"),
    [
        ("pypdfium2", "a.pdf", "pypdfium2"),
        ("mammoth", "a.docx", "mammoth"),
        ("lxml", "a.html", "lxml"),
        ("bs4", "a.html", "beautifulsoup4"),
        ("markdownify", "a.html", "markdownify"),
        ("charset_normalizer", "a.txt", "charset-normalizer"),
    ],
)
def test_a_missing_package_is_named_with_the_command_that_installs_it(
    monkeypatch, module, name, package
):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra) as missing:
        document_from_bytes(name, FILES[name])
    assert str(missing.value) == (
        f"{package} is not installed: pip install 'minions-integrations[cli]'"
    )


def test_plain_text_needs_none_of_them():
    command = [sys.executable, "-c", LOADED]
    run = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own script
    wanted = {"pypdfium2", "mammoth", "lxml", "bs4", "markdownify", "charset_normalizer"}
    assert not wanted & set(run.stdout.split())
