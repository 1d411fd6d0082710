"""The documentation builds strictly, needs nothing from outside, and leads nowhere in vain."""

import importlib
import os
import runpy
import subprocess
import sys

import pytest

from tests.docs.site_pages import Page, leaves_the_site, style_urls
from tests.docs.snippets import ROOT

PUBLIC = [
    pytest.param(f"{module}.{name}", id=f"{module}.{name}")
    for module in (
        "minions_core",
        "minions_core.clients",
        "minions_core.redaction",
        "minions_core.testing",
        "langchain_minions",
        "llama_index_minions",
    )
    for name in importlib.import_module(module).__all__
]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The site, and what its builder said."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return folder, done


@pytest.fixture(scope="module")
def pages(built):
    folder, _ = built
    return [Page(path) for path in sorted(folder.rglob("*.html"))]


def test_it_builds_strictly_and_says_nothing(built):
    _, done = built
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_no_page_fetches_anything_from_elsewhere(pages):
    fetched = {url for page in pages for url in page.fetched}
    assert not list(filter(leaves_the_site, fetched))
    assert len(fetched) > len(pages)


def test_no_style_sheet_fetches_anything_from_elsewhere(built):
    folder, _ = built
    sheets = list(folder.rglob("*.css"))
    assert not [url for sheet in sheets for url in style_urls(sheet) if leaves_the_site(url)]
    assert sheets


def test_every_link_within_the_site_arrives(pages):
    known = {page.path.resolve(): page.ids for page in pages}
    dead = [
        f"{page.path.name} -> {target.name}#{anchor}"
        for page in pages
        if page.path.name != "404.html"  # whose links are absolute, since it stands for any page
        for target, anchor in page.targets()
        if not target.exists() or (anchor and anchor not in known.get(target, {anchor}))
    ]
    assert not dead


def test_every_picture_says_what_it_shows(pages):
    silent = [src for page in pages for src, alt in page.alts.items() if not alt]
    assert not silent
    assert any(page.alts for page in pages)


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_has_its_place_in_the_reference(name, pages):
    assert [page.path.parent.name for page in pages if name in page.ids] == ["reference"]


@pytest.mark.parametrize(
    ("page", "told"),
    [
        pytest.param("settings", "Default: <code>4000</code>", id="a default"),
        pytest.param("langchain", "<strong><code>local</code></strong>: the model", id="arguments"),
    ],
)
def test_the_reference_tells(page, told, built):
    folder, _ = built
    assert told in (folder / "reference" / f"{page}.html").read_text("utf-8")


def test_no_program_of_the_documentation_is_published(built):
    folder, _ = built
    assert not list(folder.rglob("*.py"))


def test_the_pictures_are_as_their_program_draws_them():
    drawn = runpy.run_path(str(ROOT / "docs" / "img" / "draw.py"))["drawings"]()
    kept = {path.name: path.read_text("utf-8") for path in (ROOT / "docs" / "img").glob("*.svg")}
    assert kept == drawn


def test_the_figures_of_the_cost_page_are_those_of_the_benchmark(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["remote_tokens.py"])
    runpy.run_path(str(ROOT / "benchmarks" / "remote_tokens.py"), run_name="__main__")
    measured = [
        line.replace(" round(s):", "").split()
        for line in capsys.readouterr().out.splitlines()
        if " round(s):" in line
    ]
    page = (ROOT / "docs" / "guides" / "cost.md").read_text("utf-8")
    rows = [f"| {' | '.join(f'{int(figure):,}' for figure in row)} |" for row in measured]
    assert len(rows) == 3
    assert [row for row in rows if row not in page] == []
