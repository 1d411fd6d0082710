"""The `minions` command: what it prints, what it exits with."""

import io
import json
import os
import re
import signal
import socket
import subprocess
import sys

import pytest
from rich.console import Console
from typer.testing import CliRunner

from minions_core import cli
from minions_core.cli.commands import app
from minions_core.cli.screen import Screen
from minions_core.clients import (
    OllamaClient,
    OpenAIClient,
    OpenAICompatibleClient,
    TokasaurusClient,
)
from minions_core.clients.offline import ExtractiveClient, OfflineSupervisor
from minions_core.clients.specs import model_from_spec
from minions_core.demo import annual_report
from minions_core.engine import Minion, Minions
from minions_core.errors import ModelUnavailable, UsageError
from minions_core.result import MinionsResult
from minions_core.testing import ScriptedModel

OFFLINE = ["--local", "offline", "--remote", "offline"]


def run(*arguments, stdin=None):
    return CliRunner().invoke(app, list(arguments), input=stdin)


@pytest.fixture(scope="module")
def demo():
    return run("demo")


@pytest.fixture
def note(tmp_path):
    path = tmp_path / "note.md"
    path.write_text("# Staff\n\nThe plant in Brno employs 412 people.\n")
    return str(path)


def test_the_demo_answers(demo):
    assert demo.exit_code == 0
    assert f"Answer: {annual_report(7).facts['capital_expenditure'].answer} [" in demo.output


def test_the_demo_shows_what_was_planned(demo):
    assert "Round 1: 6 jobs" in demo.output
    assert "Task: What was the group's capital expenditure" in demo.output


def test_the_demo_shows_what_became_of_the_jobs(demo):
    assert re.search(r"Jobs: 6 of 6 done: \d abstained, \d answered", demo.output)


def test_the_demo_shows_where_the_evidence_stands(demo):
    assert re.search(
        r'annual report 2023, p\. \d+, ".+", characters \d+-\d+: verified', demo.output
    )


def test_the_demo_shows_what_left_the_machine(demo):
    assert re.search(r"Left the machine: \d+ tokens .*, of \d\d,\d{3} \(\d\.\d%\)", demo.output)


def test_the_demo_shows_what_it_would_cost(demo):
    assert re.search(
        r"Money: \$0\.00\d+ at the price of gpt-4o; .* \$0\.08\d+; saved \$0\.07\d+ \(9\d%\)",
        demo.output,
    )


def test_the_demo_says_that_its_models_are_none(demo):
    assert "not language models" in demo.output


def test_the_demo_shows_the_answer_the_report_was_made_with(demo):
    answer = annual_report(7).facts["capital_expenditure"].answer
    assert f"The report was made with: {answer}" in demo.output


def test_the_demo_takes_a_question():
    fact = annual_report(7).facts["ceo"]
    assert fact.figure in run("demo", "--question", fact.question).output


def test_the_demo_takes_a_seed():
    assert annual_report(11).company in run("demo", "--seed", "11").output


def test_a_price_that_is_not_known_is_said_to_be_unknown():
    assert (
        "Money: unknown: no price is known for nobody" in run("demo", "--price-as", "nobody").output
    )


def test_the_demo_can_chat():
    output = run("demo", "--protocol", "minion").output
    assert "Remote asks: What was the group's capital expenditure" in output
    assert "Local says: $" in output


def test_json_is_the_whole_result_and_nothing_else():
    result = MinionsResult.from_json(run("demo", "--json").stdout)
    assert result.status == "answered"


def test_files_are_asked(note):
    result = run("ask", "How many people does the plant in Brno employ?", note, *OFFLINE)
    assert result.exit_code == 0
    assert "Answer: 412 [1]" in result.output


def test_a_citation_names_its_file(note):
    output = run("ask", "How many people does the plant in Brno employ?", note, *OFFLINE).output
    assert f'[1] {note}, "Staff"' in output


def test_standard_input_is_asked():
    text = "The plant in Brno employs 412 people.\n"
    result = run("ask", "How many people work in Brno?", "-", *OFFLINE, stdin=text)
    assert "[1] standard input" in result.output


def test_without_a_price_the_money_is_unknown(note):
    assert "Money: unknown" in run("ask", "How many people?", note, *OFFLINE).output


def test_nothing_found_is_said(note):
    assert "The evidence does not tell." in run("ask", "Who founded it?", note, *OFFLINE).output


def test_rounds_can_be_limited(note):
    output = run("ask", "Who founded it?", note, *OFFLINE, "--max-rounds", "1").output
    assert "Round 2" not in output


def errors(*arguments):
    """What a command that fails prints, which must be one line on the error stream."""
    result = run(*arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    return result.stderr


def test_a_file_that_is_not_there_is_told_in_a_line():
    assert errors("ask", "Why?", "/nowhere/x.txt", *OFFLINE) == (
        "Error: /nowhere/x.txt cannot be read: No such file or directory\n"
    )


def test_a_file_that_is_no_text_is_told_in_a_line(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\xe2\xe3\xcf\xd3")
    assert "is not UTF-8 text: convert it" in errors("ask", "Why?", f"{tmp_path}/a.pdf", *OFFLINE)


def test_an_empty_file_is_told_in_a_line(tmp_path):
    (tmp_path / "a.txt").write_text(" \n")
    assert "context is empty" in errors("ask", "Why?", f"{tmp_path}/a.txt", *OFFLINE)


def test_an_unknown_model_is_told_in_a_line(note):
    assert "'gpt-4o' is no model: use one of ollama:NAME" in errors(
        "ask", "Why?", note, "--remote", "gpt-4o", "--local", "offline"
    )


def test_a_missing_key_is_told_in_a_line(note, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert "OPENAI_API_KEY" in errors("ask", "Why?", note, "--local", "offline")


def test_a_server_that_is_not_there_is_told_in_a_line(note):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    remote = f"http://127.0.0.1:{port}/v1#m"
    result = run("ask", "Why?", note, "--local", "offline", "--remote", remote)
    assert result.exit_code == 1
    assert re.fullmatch(r"Error: .*127\.0\.0\.1.*\n", result.stderr)


def test_with_debug_an_error_keeps_its_trace():
    result = run("ask", "Why?", "/nowhere/x.txt", *OFFLINE, "--debug")
    assert isinstance(result.exception, UsageError)


def test_a_wrong_option_is_wrong_usage():
    assert run("demo", "--protocol", "telepathy").exit_code == 2


def test_without_a_command_the_help_is_shown():
    assert "demo" in run().output


def test_ctrl_c_ends_with_130_and_no_trace(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1#m"
        (tmp_path / "a.txt").write_text("Some text.")
        command = ["ask", "Why?", f"{tmp_path}/a.txt", "--local", "offline", "--remote", url]
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "minions_core.cli", *command],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env=os.environ | {"NO_PROXY": "127.0.0.1"},
        )
        with silent.accept()[0] as caller:
            caller.recv(1)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=30)
    assert (process.returncode, said.decode().strip()) == (130, "Stopped.")


def test_without_its_packages_the_command_says_what_to_install(monkeypatch, capsys):
    monkeypatch.delitem(sys.modules, "minions_core.cli.commands")
    monkeypatch.setitem(sys.modules, "typer", None)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == (
        "typer is not installed: pip install 'minions-integrations[cli]'\n"
    )


def screened(engine, question, text, *, terminal):
    """What a person sees of a run."""
    console = Console(file=io.StringIO(), force_terminal=terminal, width=100)
    screen = Screen(console, offline=False)
    with screen:
        for event in engine.stream(question, text):
            screen.show(event)
        screen.conclude(event.result, None)
    return console.file.getvalue()


PLAN = '```python\ndef prepare_jobs(c, m, o):\n    return [JobManifest(chunk=c[0], task="{}")]\n```'


def test_a_terminal_gets_a_frame_around_the_answer():
    engine = Minions(ExtractiveClient(), OfflineSupervisor())
    shown = screened(engine, "Who?", "Nobody knows.", terminal=True)
    assert re.search("╭─.* Answer .*─╮", shown)


def test_no_terminal_gets_no_control_codes():
    engine = Minions(ExtractiveClient(), OfflineSupervisor())
    assert "\x1b" not in screened(engine, "Who?", "Nobody knows.", terminal=False)


def test_a_model_cannot_command_the_terminal():
    remote = ScriptedModel(["<answer>\x1b[2J\x1b]0;owned\x07gone</answer>"])
    engine = Minions(ScriptedModel([]), remote)
    assert "\x1b" not in screened(engine, "Who?", "Nobody.", terminal=False)


def test_marks_in_an_answer_are_not_taken_for_styles():
    remote = ScriptedModel(["<answer>[bold]x[/bold] [link=y]z</answer>"])
    engine = Minions(ScriptedModel([]), remote)
    assert "[bold]x[/bold] [link=y]z" in screened(engine, "Who?", "Nobody.", terminal=False)


def test_a_plan_that_was_sent_back_is_shown():
    remote = ScriptedModel(["Hm.", "<answer>No.</answer>"])
    engine = Minions(ScriptedModel([]), remote)
    assert "Sent back: There is neither" in screened(engine, "Who?", "Nobody.", terminal=False)


def test_a_quote_that_is_not_in_the_text_is_marked():
    remote = ScriptedModel([PLAN.format("Who?"), "<answer>Me [1]</answer>"])
    local = ScriptedModel([json.dumps({"answer": "Me", "citation": "It was me."})])
    shown = screened(Minions(local, remote), "Who?", "Nobody was there.", terminal=False)
    assert "not found in the document" in shown


def test_a_run_without_an_answer_says_so():
    remote = ScriptedModel(lambda _: "Hm.")
    engine = Minion(ScriptedModel([]), remote, max_rounds=1)
    assert "No answer (exhausted)" in screened(engine, "Who?", "Nobody.", terminal=False)


@pytest.mark.parametrize(
    ("spec", "kind", "name"),
    [
        ("ollama:llama3.2", OllamaClient, "llama3.2"),
        ("ollama:qwen3:4b", OllamaClient, "qwen3:4b"),
        ("tokasaurus:llama-1b", TokasaurusClient, "llama-1b"),
        ("http://127.0.0.1:8080/v1#qwen3-4b", OpenAICompatibleClient, "qwen3-4b"),
        ("https://example.org/v1#a/b", OpenAICompatibleClient, "a/b"),
    ],
)
def test_a_spec_names_a_model(spec, kind, name):
    model = model_from_spec(spec, "local")
    assert (type(model), model.name) == (kind, name)


def test_a_spec_with_an_address_keeps_the_address():
    assert model_from_spec("http://h:1/v1#m", "remote").base_url == "http://h:1/v1"


def test_a_spec_of_openai_takes_the_key_of_the_environment(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    assert isinstance(model_from_spec("openai:gpt-4o", "remote"), OpenAIClient)


def test_a_spec_of_together_wants_its_own_key(monkeypatch):
    monkeypatch.delenv("TOGETHER_API_KEY", raising=False)
    with pytest.raises(ModelUnavailable, match="TOGETHER_API_KEY"):
        model_from_spec("together:m", "remote")


def test_offline_is_another_model_for_each_role():
    kinds = [type(model_from_spec("offline", role)) for role in ("local", "remote")]
    assert kinds == [ExtractiveClient, OfflineSupervisor]


@pytest.mark.parametrize("spec", ["", "ollama", "ollama:", "gpt-4o", "azure:gpt-4o", "http://h/v1"])
def test_a_spec_that_names_nothing_is_refused(spec):
    with pytest.raises(UsageError):
        model_from_spec(spec, "remote")
