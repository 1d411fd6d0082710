"""Shell completion: commands, options, values, and models by spec."""

import subprocess
import sys
from pathlib import Path

import pytest

import minions_core
from minions_core.cli import completing
from minions_core.cli.completing import complete_models, complete_prices
from tests.apps.commands import PATIENCE, environment, run
from tests.wire import WireServer

# What bash does when Tab is pressed: words are parted at colons, and the function it was given for
# the command is called; what that leaves in COMPREPLY fits the last word.
_TAB = """
source <(minions --show-completion bash)
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_minions_completion minions
printf '%s\\n' "${COMPREPLY[@]}"
"""
# The command, with more patience for servers than one has who pressed Tab.
_SCRIPT = f"""#!{sys.executable}
from minions_core.cli import completing, main
completing._PATIENCE = 20
main()
"""


@pytest.fixture
def bash(tmp_path):
    """Presses Tab in bash, after the words of a command line."""
    script = tmp_path / "minions"
    script.write_text(_SCRIPT)
    script.chmod(0o755)

    def tab(*words, **variables):
        about = environment(
            _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1",
            PYTHONPATH=str(Path(minions_core.__file__).parents[1]),
            **variables,
        )
        about["PATH"] = f"{tmp_path}:{about['PATH']}"
        command = ["bash", "-c", _TAB, "bash", "minions", *words]
        ended = subprocess.run(  # noqa: S603 - our own script
            command, capture_output=True, env=about, check=True, timeout=PATIENCE
        )
        assert ended.stderr == b""
        return ended.stdout.decode().splitlines()

    return tab


@pytest.fixture
def ollama(monkeypatch):
    """An Ollama with two models, which may take its time."""
    monkeypatch.setattr(completing, "_PATIENCE", 20)
    with WireServer("", models=("llama3.2:latest", "qwen3:4b")) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield server


@pytest.fixture
def nobody(monkeypatch):
    """No Ollama."""
    with WireServer("") as server:
        address = server.url
    monkeypatch.setenv("OLLAMA_HOST", address)


def test_models_of_ollama_are_offered_as_it_lists_them(ollama):
    assert complete_models("ollama:") == ["ollama:llama3.2", "ollama:qwen3:4b"]


def test_models_are_offered_by_what_was_typed(ollama):
    assert complete_models("ollama:q") == ["ollama:qwen3:4b"]


def test_without_an_ollama_its_form_is_offered(nobody):
    assert complete_models("ol") == ["ollama:"]


def test_ollama_is_not_asked_for_models_of_others(ollama):
    complete_models("openai:")
    assert ollama.paths == []


def test_models_of_openai_are_offered(nobody):
    assert "openai:gpt-4o" in complete_models("openai:")


def test_the_offline_models_are_offered(nobody):
    assert complete_models("off") == ["offline"]


def test_names_with_a_price_are_offered():
    assert complete_prices("gpt-4o") == ["gpt-4o", "gpt-4o-mini"]


def test_every_name_offered_has_a_price():
    outputs = [run("demo", "--price-as", name).stdout for name in complete_prices("")]
    assert all("Money: about $" in output for output in outputs)


def test_bash_completes_commands(bash):
    assert bash("c") == ["chat", "config"]


def test_bash_completes_options(bash):
    assert bash("ask", "Why?", "--max-c") == ["--max-cost"]


def test_bash_completes_values(bash):
    assert bash("ask", "Why?", "--privacy", "") == ["quotes", "answers"]


def test_bash_completes_models(bash, ollama):
    assert "ollama:qwen3:4b" in bash("ask", "Why?", "--local", "o", OLLAMA_HOST=ollama.url)


def test_bash_completes_models_after_the_colon(bash, ollama):
    found = bash("ask", "Why?", "--local", "ollama", ":", OLLAMA_HOST=ollama.url)
    assert found == ["llama3.2", "qwen3:4b"]


def test_bash_completes_models_begun_after_the_colon(bash, ollama):
    found = bash("ask", "Why?", "--local", "ollama", ":", "qw", OLLAMA_HOST=ollama.url)
    assert found == ["qwen3:4b"]


def test_bash_completes_models_with_two_colons(bash, ollama):
    words = ["--local", "ollama", ":", "qwen3", ":", "4"]
    assert bash("ask", "Why?", *words, OLLAMA_HOST=ollama.url) == ["4b"]


def test_bash_completes_what_comes_after_a_model(bash):
    assert bash("ask", "Why?", "--local", "ollama", ":", "m", "--priv") == ["--privacy"]


def test_a_broken_settings_file_does_not_keep_from_completing(bash, tmp_path):
    (tmp_path / "a.toml").write_text("nonsense")
    assert bash("ask", "--config", f"{tmp_path}/a.toml", "--max-c") == ["--max-cost"]
