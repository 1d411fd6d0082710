"""`minions models`: what can be reached from here."""

import io
import json
import sys

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from minions_core.cli import models as command
from minions_core.cli.models import models
from minions_core.clients.reachable import reachable
from minions_core.clients.specs import model_from_spec
from tests.clients.answering import answering
from tests.wire import WireServer

NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody listens
TAGS = [
    {
        "name": "llama3.2:latest",
        "size": 2_019_393_189,
        "details": {"parameter_size": "3.2B", "quantization_level": "Q4_K_M"},
    },
    {"name": "tiny", "size": 63_600_000},
]
CLOUD = {"name": "gpt-oss:120b-cloud", "size": 384, "remote_host": "https://ollama.com:443"}
HOSTILE = {"name": "evil\x1b]0;owned\x07\u202egpj"}
SHOWN = {"model_info": {"llama.context_length": 131_072}}

app = typer.Typer()
app.command()(models)


@pytest.fixture(autouse=True)
def _only_what_a_test_serves(monkeypatch):
    """No server of whoever runs the tests, no key, and the usual ports left alone."""
    monkeypatch.setattr(command, "reachable", lambda urls: reachable(urls, usual=(), seconds=20))
    monkeypatch.setenv("OLLAMA_HOST", NOWHERE)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("TOGETHER_API_KEY", raising=False)
    monkeypatch.delenv("MINIONS_LOCAL_KEY", raising=False)
    monkeypatch.delenv("MINIONS_REMOTE_KEY", raising=False)


def run(*arguments):
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


@pytest.fixture
def ollama(monkeypatch):
    """A function that runs the command beside an Ollama with some tags."""

    def listed(*tags, arguments=()):
        with answering({"/api/tags": {"models": list(tags)}, "/api/show": SHOWN}) as url:
            monkeypatch.setenv("OLLAMA_HOST", url)
            return run(*arguments).stdout

    return listed


def terminal(monkeypatch, width):
    """Have the command print on a terminal of `width` columns; returns what is shown on it."""
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=width, no_color=True, highlight=False)
    monkeypatch.setattr(command, "Console", lambda: console)
    return screen


def test_a_line_holds_the_spec_and_what_is_known(ollama):
    assert (
        "ollama:llama3.2: 3.2B, 2.0 GB, Q4_K_M, window of 131,072 tokens\n"
        "ollama:tiny: 64 MB, window of 131,072 tokens\n"
    ) in ollama(*TAGS)


def test_where_a_server_is_stands_above_its_models(ollama):
    assert ollama(*TAGS).startswith("Ollama at http://127.0.0.1:")


def test_a_model_in_the_cloud_is_said_to_be_no_local_one(ollama):
    assert "gpt-oss:120b-cloud: window of 131,072 tokens, runs in the cloud: what" in ollama(CLOUD)


def test_a_further_server_is_named_by_its_url():
    with WireServer("", models=("qwen",)) as server:
        assert f"{server.openai_url}#qwen" in run("--url", server.openai_url).stdout


def test_further_servers_may_be_several():
    with WireServer("", models=("a",)) as one, WireServer("", models=("b",)) as two:
        output = run("--url", one.openai_url, "--url", two.openai_url).stdout
    assert f"{one.openai_url}#a" in output
    assert f"{two.openai_url}#b" in output


def test_a_further_server_that_is_not_there_is_told():
    output = run("--url", f"{NOWHERE}/v1").stdout
    assert f"{NOWHERE}/v1: nobody answers: is the URL right?" in output


def test_ollama_that_is_not_running_is_told_with_what_to_do():
    assert f"Ollama: {NOWHERE}: not running: start it with `ollama serve`" in run().stdout


def test_ollama_without_models_is_told_with_what_to_do(ollama):
    assert "Ollama: has no model yet: get one with `ollama pull" in ollama()


def test_nothing_to_be_reached_is_no_error():
    assert run().exit_code == 0


def test_nothing_to_be_reached_points_to_the_demo():
    assert "No model answers from here." in run().stdout


def test_with_a_key_something_can_be_reached(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert "No model answers from here." not in run().stdout


def test_a_key_is_said_to_be_set_and_never_shown(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    output = run().stdout
    assert "OPENAI_API_KEY: set; name a model openai:gpt-4o\n" in output
    assert "sk-secret" not in output + run("--json").stdout


def test_a_key_that_is_missing_is_named():
    assert "TOGETHER_API_KEY: not set; with it you can name a model together:" in run().stdout


def test_json_holds_everything_and_nothing_else(ollama):
    told = json.loads(ollama(*TAGS, arguments=["--json"]))
    assert told["servers"][0]["models"][0] == {
        "name": "llama3.2:latest",
        "spec": "ollama:llama3.2",
        "size": 2_019_393_189,
        "parameters": "3.2B",
        "quantization": "Q4_K_M",
        "context_window": 131_072,
        "is_remote": False,
    }
    assert [key["is_set"] for key in told["keys"]] == [False, False]


def test_a_spec_from_the_json_names_that_model(ollama):
    told = json.loads(ollama(*TAGS, arguments=["--json"]))
    model = model_from_spec(told["servers"][0]["models"][0]["spec"], "local")
    assert model.name == "llama3.2"


def test_on_a_terminal_models_are_a_table(ollama, monkeypatch):
    screen = terminal(monkeypatch, 100)
    ollama(*TAGS)
    rows = [line.split() for line in screen.getvalue().splitlines()]
    assert ["Name", "it", "by", "Parameters", "Size", "Quantization", "Window"] in rows
    assert ["ollama:llama3.2", "3.2B", "2.0", "GB", "Q4_K_M", "131,072"] in rows


def test_a_column_in_which_nothing_is_known_is_left_out(ollama, monkeypatch):
    screen = terminal(monkeypatch, 100)
    ollama({"name": "mine"})
    assert ["Name", "it", "by", "Window"] in [
        line.split() for line in screen.getvalue().splitlines()
    ]


def test_a_model_in_the_cloud_is_marked_below_the_table(ollama, monkeypatch):
    screen = terminal(monkeypatch, 100)
    ollama(CLOUD)
    assert (
        "gpt-oss:120b-cloud  runs in the cloud: what it reads leaves this machine"
        in screen.getvalue()
    )


@pytest.mark.parametrize("width", [30, 60, 80])
def test_what_is_to_be_copied_is_never_broken(ollama, monkeypatch, width):
    screen = terminal(monkeypatch, width)
    name = "a-very-long-name-of-a-model-that-somebody-fine-tuned:70b-instruct-q4_K_M"
    ollama({"name": name})
    assert f"ollama:{name}\n" in screen.getvalue()


def test_a_name_cannot_command_the_terminal(ollama, monkeypatch):
    screen = terminal(monkeypatch, 100)
    plain = ollama(HOSTILE)
    shown = screen.getvalue() + plain
    assert "\x1b]0" not in shown
    assert "\u202e" not in shown


def test_a_server_that_asks_for_a_key_says_so():
    with answering({"/v1/models": {}}, status=401) as url:
        told = run("--url", url).stdout
    assert "asks for a key: set MINIONS_LOCAL_KEY or MINIONS_REMOTE_KEY, and name a model" in told


def test_the_keys_of_servers_of_ones_own_are_told_and_never_shown(monkeypatch):
    monkeypatch.setenv("MINIONS_REMOTE_KEY", "sk-secret")
    output = run().stdout
    assert "MINIONS_LOCAL_KEY: not set; goes to the server whose address --local names\n" in output
    assert "MINIONS_REMOTE_KEY: set; goes to the server whose address --remote names\n" in output
    assert "sk-secret" not in output


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_a_password_in_an_address_is_not_shown(monkeypatch, arguments):
    with WireServer("", models=("qwen",)) as server:
        address = server.openai_url.replace("://", "://jan:secret@")
        monkeypatch.setenv("OLLAMA_HOST", "http://jan:secret@127.0.0.1:9")
        output = run("--url", address, *arguments).stdout
    assert "127.0.0.1:9" in output
    assert "secret" not in output


def test_a_password_is_not_shown_on_a_terminal(monkeypatch):
    screen = terminal(monkeypatch, 100)
    with answering({"/api/tags": {"models": TAGS}, "/api/show": SHOWN}) as url:
        monkeypatch.setenv("OLLAMA_HOST", url.replace("://", "://jan:secret@"))
        run("--url", url.replace("://", "://jan:secret@"))
    assert "secret" not in screen.getvalue()


def test_a_package_that_models_want_is_named(ollama, monkeypatch):
    monkeypatch.setitem(sys.modules, "ollama", None)
    said = "Ollama: its models want a package: pip install 'minions-integrations[ollama]'\n"
    assert said in ollama(*TAGS)


def test_a_package_that_a_key_is_of_no_use_without_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "openai", None)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    said = "name a model openai:gpt-4o, once you did pip install 'minions-integrations[openai]'\n"
    assert f"OPENAI_API_KEY: set; {said}" in run().stdout
