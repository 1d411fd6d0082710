"""How many pages the remote model is told a document has."""

import pytest

from minions_core import Document, Minions
from minions_core.testing import ScriptedModel


def told(text: str, **options) -> str:
    remote = ScriptedModel(["<answer>Nothing was found.</answer>"], name="gpt-4o")
    Minions(ScriptedModel([]), remote).run("What is it?", Document(text, "report.pdf", **options))
    return remote.asked[0].messages[1].content


@pytest.mark.parametrize("text", ["One.\fTwo.", "One.\fTwo.\f", "One.\fTwo.\f\n"])
def test_a_form_feed_at_the_end_begins_no_page(text):
    assert ", 2 pages" in told(text)


def test_pages_may_be_numbered_from_zero():
    assert ", 2 pages" in told("One.\fTwo.", first_page=0)


def test_a_text_without_pages_is_told_without_them():
    assert "0: report.pdf, 9 characters\n" in told("One. Two.")
