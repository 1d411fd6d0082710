"""Files, folders and patterns as they are typed."""

import os

import pytest

from minions_core.errors import UsageError
from minions_core.files import finding, read_files
from tests.files.making import locked_pdf, pdf


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder, as the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(path, text="text"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def names(*paths, on_passed_over=None):
    return [document.name for document in read_files(paths, on_passed_over=on_passed_over)]


def passed_over(*paths):
    told = []
    read_files(paths, on_passed_over=told.append)
    return {each.name: each.reason for each in told}


def test_a_file_has_the_name_that_was_typed(here):
    put(here / "docs" / "a.md")
    assert names("./docs/a.md") == ["./docs/a.md"]


def test_a_file_is_read_whole(here):
    put(here / "a.md", "# Staff\n\nBrno\n")
    assert read_files(["a.md"])[0].text == "# Staff\n\nBrno\n"


def test_the_whole_path_is_kept(here):
    put(here / "a.md")
    assert read_files(["a.md"])[0].metadata == {"path": str(here / "a.md")}


def test_a_single_path_will_do(here):
    put(here / "a.md")
    assert [document.name for document in read_files(here / "a.md")] == [str(here / "a.md")]


def test_paths_are_read_in_the_order_they_were_given_in(here):
    put(here / "b.md")
    put(here / "a.md")
    assert names("b.md", "a.md") == ["b.md", "a.md"]


def test_a_folder_is_read_with_all_below_it(here):
    put(here / "docs" / "b.md")
    put(here / "docs" / "deep" / "er" / "a.py")
    assert names("docs") == ["b.md", "deep/er/a.py"]


def test_a_pattern_matches_at_any_depth(here):
    put(here / "docs" / "a.md")
    put(here / "docs" / "deep" / "b.md")
    put(here / "docs" / "c.txt")
    assert names("docs/**/*.md") == ["docs/a.md", "docs/deep/b.md"]


def test_a_pattern_matches_files_alone(here):
    put(here / "docs" / "a.md")
    put(here / "docs" / "deep" / "b.md")
    assert names("docs/*") == ["docs/a.md"]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(here):
    put(here / "a[1].md")
    assert names("a[1].md") == ["a[1].md"]


def test_the_home_folder_may_be_a_tilde(here, monkeypatch):
    monkeypatch.setenv("HOME", str(here))
    put(here / "a.md")
    assert names("~/a.md") == ["~/a.md"]


def test_nothing_is_read_twice(here):
    put(here / "docs" / "a.md")
    assert names("docs/a.md", "docs", "./docs/*.md") == ["docs/a.md"]


def test_files_of_one_name_are_told_apart_by_their_folder(here):
    put(here / "one" / "notes.md")
    put(here / "one" / "only.md")
    put(here / "two" / "notes.md")
    assert names("one", "two") == ["one/notes.md", "only.md", "two/notes.md"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (".env", "is hidden"),
        (".git/", "is hidden"),
        ("node_modules/", "holds things made or installed by programs"),
        ("uv.lock", "is made by a program"),
        ("app.min.js", "is made by a program"),
        ("empty.md", "is empty"),
        (
            "photo.png",
            "is a picture: put its text into a PDF with an OCR program (such as ocrmypdf)",
        ),
    ],
)
def test_what_is_passed_over_in_a_folder_is_told_with_the_reason(here, name, reason):
    put(here / "docs" / "a.md")
    put(
        here / "docs" / (f"{name}x" if name.endswith("/") else name), "" if "empty" in name else "x"
    )
    assert passed_over("docs") == {name: reason}


def test_binary_files_in_a_folder_are_passed_over(here):
    put(here / "docs" / "a.md")
    (here / "docs" / "program").write_bytes(b"\x7fELF\0\0\1")
    assert list(passed_over("docs")) == ["program"]


def test_a_few_counted_bytes_in_a_folder_are_passed_over(here):
    put(here / "docs" / "a.md")
    (here / "docs" / "b.dat").write_bytes(bytes(range(4)))
    assert list(passed_over("docs")) == ["b.dat"]


def test_a_text_that_mentions_the_mark_of_a_pdf_is_no_pdf(here):
    put(here / "notes.md", "# Formats\n\nA PDF begins with %PDF-1.7.\n")
    assert read_files(["notes.md"])[0].text.startswith("# Formats")


def test_a_locked_pdf_in_a_folder_is_passed_over(here):
    put(here / "docs" / "a.md")
    (here / "docs" / "b.pdf").write_bytes(locked_pdf("secret", "password"))
    assert "is locked with a password" in passed_over("docs")["b.pdf"]


def test_links_out_of_a_folder_are_passed_over(here):
    put(here / "secret.txt")
    put(here / "docs" / "a.md")
    (here / "docs" / "b.txt").symlink_to(here / "secret.txt")
    assert passed_over("docs") == {"b.txt": "is a link that leads out of the folder"}


def test_a_pattern_follows_no_links_out_of_its_folder(here):
    put(here / "secret" / "b.md")
    put(here / "docs" / "a.md")
    (here / "docs" / "out").symlink_to(here / "secret")
    (here / "docs" / "c.md").symlink_to(here / "secret" / "b.md")
    told = passed_over("docs/**/*.md")
    assert told == dict.fromkeys(
        ["docs/out/b.md", "docs/c.md"], "is a link that leads out of the folder"
    )


def test_the_folder_of_a_pattern_may_be_a_link(here):
    put(here / "docs" / "a.md")
    (here / "link").symlink_to(here / "docs")
    assert names("link/*.md") == ["link/a.md"]


def test_a_pattern_may_follow_links_within_its_folder(here):
    put(here / "docs" / "deep" / "a.md")
    (here / "docs" / "b.md").symlink_to(here / "docs" / "deep" / "a.md")
    assert names("docs/*.md") == ["docs/b.md"]


def test_a_link_to_itself_is_passed_over(here):
    put(here / "docs" / "a.md")
    (here / "docs" / "b.md").symlink_to("b.md")
    assert list(passed_over("docs")) == ["b.md"]


def test_a_link_to_itself_that_is_named_is_an_error(here):
    (here / "b.md").symlink_to("b.md")
    with pytest.raises(UsageError, match=r"b\.md cannot be read"):
        names("b.md")


def test_links_to_folders_are_passed_over(here):
    put(here / "docs" / "a.md")
    (here / "docs" / "again").symlink_to(here / "docs")
    assert passed_over("docs") == {"again/": "is a link to a folder"}


def test_dead_links_are_passed_over(here):
    put(here / "docs" / "a.md")
    (here / "docs" / "gone.md").symlink_to("nowhere.md")
    assert passed_over("docs") == {"gone.md": "cannot be read: No such file or directory"}


def test_pipes_in_a_folder_are_passed_over(here):
    put(here / "docs" / "a.md")
    os.mkfifo(here / "docs" / "pipe")
    assert passed_over("docs") == {"pipe": "is not a file"}


def test_huge_files_in_a_folder_are_passed_over(here, monkeypatch):
    monkeypatch.setattr(finding, "_LARGEST", 2_000_000)
    put(here / "docs" / "a.md")
    put(here / "docs" / "b.md", "x" * 2_000_001)
    assert passed_over("docs") == {"b.md": "is larger than 2 MB; name it to have it read"}


def test_a_pattern_matches_no_installed_things(here):
    put(here / "a.py")
    put(here / "node_modules" / "b.py")
    assert passed_over("**/*.py") == {
        "node_modules/b.py": "is in a folder of things made or installed by programs"
    }


def test_what_is_junk_in_a_folder_is_read_where_it_is_named(here):
    put(here / "uv.lock")
    put(here / ".env")
    assert names("uv.lock", ".env") == ["uv.lock", ".env"]


def test_nothing_need_be_told(here):
    put(here / "docs" / "a.md")
    put(here / "docs" / ".hidden")
    assert names("docs") == ["a.md"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("gone.md", "gone.md is not there: is the path right?"),
        ("gone/*.md", "gone/*.md matches no file"),
        ("void", "void is empty: it holds no files"),
        ("empty.md", "empty.md is empty"),
        ("blank.md", "blank.md holds no text"),
    ],
)
def test_what_cannot_be_read_is_an_error_of_one_line(here, given, message):
    (here / "void").mkdir()
    put(here / "empty.md", "")
    put(here / "blank.md", " \n\n")
    with pytest.raises(UsageError) as error:
        read_files([given])
    assert str(error.value) == message


def test_a_folder_of_things_that_cannot_be_read_says_why_of_one(here):
    put(here / "docs" / "b.xlsx")
    with pytest.raises(UsageError, match=r"docs holds no file .* b\.xlsx, is a spreadsheet: save"):
        read_files(["docs"])


def test_a_file_that_may_not_be_read_is_an_error(here):
    put(here / "docs" / "a.md")
    with pytest.raises(UsageError, match=r"docs/a\.md/b cannot be read: Not a directory"):
        read_files(["docs/a.md/b"])


def test_nothing_at_all_is_an_error():
    with pytest.raises(UsageError, match="nothing to read: name a file"):
        read_files([])


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("a.doc", "a.doc is an old Word file"),
        ("a.xlsx", "a.xlsx is a spreadsheet: save its sheets as .csv"),
        ("a.PPTX", "a.PPTX is a presentation: save it as PDF"),
        ("a.jpg", "a.jpg is a picture: .* OCR"),
        ("a.odt", "a.odt cannot be read in this form: save it as .docx"),
        ("a.epub", "a.epub is an e-book: convert it"),
        ("a.mp3", "a.mp3 is a recording: pass a transcript"),
        ("a.zip", "a.zip is an archive: unpack it"),
    ],
)
def test_files_that_cannot_be_read_say_what_to_convert_them_to(here, name, advice):
    put(here / name)
    with pytest.raises(UsageError, match=advice):
        read_files([name])


def test_citations_of_a_pdf_in_a_folder_have_pages(here):
    put(here / "docs" / "a.md")
    (here / "docs" / "b.pdf").write_bytes(pdf("one", "two"))
    assert [document.page_at(4) for document in read_files(["docs"])] == [None, 2]
