"""Every code block of the README and the pages runs, with real clients against a server."""

from contextlib import ExitStack

import pytest
import typer

from minions_core.cli.commands import app
from tests.docs.models import REPORT, every_model
from tests.docs.snippets import PAGES, README, ROOT, blocks, commands
from tests.docs.snippets_models import an_inspectors_models
from tests.wire import WireServer

MINIONS = typer.main.get_command(app)
MIGRATION = ROOT / "docs" / "migration.md"
WITH_PYTHON = [page for page in PAGES if blocks(page, "python")]
CALLS = [
    pytest.param(call, id=f"{page.relative_to(ROOT)}: minions {' '.join(call)}")
    for page in (README, *PAGES)
    for call in commands(page, "minions")
]


@pytest.fixture
def serve(monkeypatch, tmp_path):
    """Starts a server that plays all models, in a folder with a report to ask about."""
    (tmp_path / "report.txt").write_text(REPORT)
    monkeypatch.chdir(tmp_path)
    with ExitStack() as servers:

        def start(script):
            server = servers.enter_context(WireServer(script))
            monkeypatch.setenv("OLLAMA_HOST", server.ollama_url)
            monkeypatch.setenv("OPENAI_BASE_URL", server.openai_url)
            monkeypatch.setenv("OPENAI_API_BASE", server.openai_url)
            monkeypatch.setenv("OPENAI_API_KEY", "a key that opens nothing")
            return server.url

        yield start


@pytest.mark.parametrize("block", blocks(README, "python"), ids=str)
def test_a_block_of_the_readme_runs_by_itself(block, serve, capsys):
    block.run({"__name__": "__main__"}, serve(every_model))
    assert "1,577" in capsys.readouterr().out


# LlamaIndex's agents themselves use what pydantic and its workflows have deprecated.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("page", WITH_PYTHON, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_blocks_of_a_page_run_one_after_another(page, serve, capsys):
    names, url = {"__name__": "__main__"}, serve(every_model)
    printed = {}
    for block in blocks(page, "python"):
        block.run(names, url)
        printed[str(block)] = capsys.readouterr().out.rstrip()
    promised = {str(block): block.output for block in blocks(page, "python") if block.output}
    assert {place: printed[place] for place in promised} == promised


def test_both_examples_of_the_reference_implementation_are_answered(serve):
    names, url = {}, serve(an_inspectors_models)
    statuses = []
    for block in blocks(MIGRATION, "python")[:2]:
        block.run(names, url)
        (citation,) = names["output"].citations
        statuses.append((type(names["minion"]).__name__, citation.check))
    assert statuses == [("Minion", "verified"), ("Minions", "verified")]


@pytest.mark.parametrize("call", CALLS)
def test_a_command_of_the_pages_is_one_that_minions_takes(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "work.toml").touch()
    for home in ("HOME", "XDG_CONFIG_HOME"):  # where somebody's own settings are
        monkeypatch.setenv(home, str(tmp_path))
    name, *given = call
    with MINIONS.commands[name].make_context(name, given) as context:
        assert context.params


def test_every_page_of_the_guides_shows_code():
    guides = {page.stem for page in PAGES if page.parent.name == "guides"}
    shown = {page.stem for page in WITH_PYTHON}
    assert guides - shown <= {"app", "benchmark", "command-line"}


@pytest.mark.parametrize(
    ("command", "guide"),
    [
        pytest.param(name, guide, id=name)
        for guide, names in {
            "command-line": ("ask", "chat", "demo", "models", "config"),
            "benchmark": ("bench",),
            "app": ("app",),
        }.items()
        for name in names
    ],
)
def test_the_guide_names_every_option_of_a_command(command, guide):
    page = (ROOT / "docs" / "guides" / f"{guide}.md").read_text("utf-8")
    options = MINIONS.commands[command].params
    named = [name for option in options for name in (*option.opts, *option.secondary_opts)]
    of_all = {"--help", "--debug", "--config", "--local", "--remote"}
    assert [n for n in named if n.startswith("--") and n not in of_all and n not in page] == []
    assert named
