"""Documents of one's own: uploaded and pasted."""

from minions_core.app.documents import told_apart
from minions_core.documents import Document
from tests.apps.app.visits import TREASURE, Visit
from tests.files.making import pdf_with_pictures

NOTES = ("notes.txt", TREASURE.encode(), "text/plain")
LOG = ("log.md", b"# Log\n\nThe ship was sold for $7 million.\n", "text/markdown")


def test_an_upload_can_be_asked():
    visit = Visit()
    visit.upload(NOTES)
    visit.answered("What is the treasure worth?")
    assert "$512 million" in visit.answer()


def test_several_uploads_are_asked_together():
    visit = Visit()
    visit.upload(NOTES, LOG)
    visit.answered("For how much was the ship sold?")
    assert "log.md" in visit.answer()


def test_a_file_is_read_once_however_often_the_page_is_drawn():
    visit = Visit()
    visit.upload(NOTES)
    before = list(visit.session.uploads.values())
    visit.draw()
    assert next(iter(visit.session.uploads.values())) is before[0]


def test_a_file_taken_back_is_forgotten():
    visit = Visit()
    visit.upload(NOTES)
    visit.upload()
    assert visit.session.uploads == {}


def test_a_readable_file_can_be_asked_beside_one_that_is_not():
    visit = Visit()
    visit.upload(NOTES, ("broken.pdf", b"%PDF-1.7 and no more", "application/pdf"))
    assert not visit.tab.chat_input(key="question").disabled


def test_files_of_one_name_are_told_apart():
    visit = Visit()
    visit.upload(NOTES, ("notes.txt", b"The ship was sold for $7 million.", "text/plain"))
    visit.answered("For how much was the ship sold?")
    assert "notes.txt (2)" in visit.answer()


def test_pages_of_an_upload_that_hold_no_text_are_told():
    visit = Visit()
    visit.upload(("scan.pdf", pdf_with_pictures("Page one.", None), "application/pdf"))
    assert "scan.pdf holds no text on page 2" in visit.shown


def test_a_number_that_a_name_has_already_is_not_given_again():
    names = ["a.txt", "a.txt (2)", "a.txt", "b.txt", "a.txt"]
    given = told_apart(Document("x", name=name) for name in names)
    assert [document.name for document in given] == [
        *("a.txt", "a.txt (2)", "a.txt (3)", "b.txt", "a.txt (4)")
    ]


def test_a_pasted_text_can_be_asked():
    visit = Visit()
    visit.paste(TREASURE)
    visit.answered("What is the treasure worth?")
    assert "$512 million" in visit.answer()


def test_before_a_document_is_chosen_nothing_can_be_asked():
    visit = Visit()
    visit.paste("  \n ")
    assert visit.tab.chat_input(key="question").disabled


def test_before_a_document_is_chosen_it_is_said_what_to_do():
    visit = Visit()
    visit.paste("")
    assert "Choose a document above" in visit.shown


def test_the_size_of_a_document_is_told():
    visit = Visit()
    visit.paste(TREASURE)
    assert f"{len(TREASURE)} characters" in visit.shown
