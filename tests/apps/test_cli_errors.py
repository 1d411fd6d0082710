"""What goes wrong with the `minions` command: one line that says what to do, and an exit code."""

import socket

import pytest
from typer.main import get_command

from minions_core.cli.commands import app
from minions_core.cli.telling import WrongUsage
from minions_core.errors import UsageError
from minions_core.result import MinionsResult
from tests.apps.commands import OFFLINE, errors, run, without, written
from tests.apps.scripts import NOTE, QUESTION, remote
from tests.wire import WireReply, WireServer


@pytest.fixture
def note(tmp_path):
    return written(tmp_path, "note.md", NOTE)


@pytest.fixture
def closed():
    """The address of a port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return f"http://127.0.0.1:{port}"


def asked(note, local, remote="offline"):
    return ["ask", QUESTION, note, "--local", local, "--remote", remote]


def test_a_file_that_is_not_there_is_told():
    told = errors("ask", "Why?", "/nowhere/x.txt", *OFFLINE)
    assert told == "Error: /nowhere/x.txt is not there: is the path right?\n"


def test_a_file_that_holds_nothing_is_told(tmp_path):
    assert "a.txt is empty" in errors("ask", "Why?", written(tmp_path, "a.txt", ""), *OFFLINE)


def test_a_question_that_says_nothing_is_told(note):
    assert errors("ask", " ", note, *OFFLINE) == "Error: the question is empty\n"


def test_a_model_that_is_none_is_told_with_the_option(note):
    told = errors(*asked(note, "offline", "gpt-4o"), code=2)
    assert told.startswith("Error: --remote: 'gpt-4o' is no model: use one of ollama:NAME")


def test_a_missing_key_is_told_by_its_variable(note):
    told = errors(*asked(note, "offline", "openai:gpt-4o"))
    assert told == "Error: no API key for gpt-4o: set OPENAI_API_KEY\n"


def test_a_key_that_was_refused_is_told(note):
    with WireServer(WireReply("no", status=401)) as server:
        told = errors(*asked(note, "offline", f"{server.openai_url}#m"))
    assert f"{server.openai_url} refused the key" in told


@pytest.mark.parametrize(
    ("local", "remote", "variable"),
    [("offline", "{}#m", "MINIONS_REMOTE_KEY"), ("{}#m", "offline", "MINIONS_LOCAL_KEY")],
)
def test_a_key_that_a_server_wants_is_told_by_its_variable(note, local, remote, variable):
    with WireServer(WireReply("no", status=401)) as server:
        models = [spec.format(server.openai_url) for spec in (local, remote)]
        told = run(*asked(note, *models)).stderr
    assert f"refused the key: set {variable} to one it takes (" in told


def test_a_password_in_an_address_is_not_told(note, closed):
    address = closed.replace("://", "://jan:secret@")
    told = run(*asked(note, "offline", f"{address}/v1#m")).stderr
    assert "nobody listens at http://***@127.0.0.1:" in told
    assert "secret" not in told


def test_a_password_in_the_address_of_ollama_is_not_told(note, closed):
    for address in (closed.replace("://", "://jan:secret@"), "jan:secret@127.0.0.1:9"):
        told = run(*asked(note, "ollama:m"), OLLAMA_HOST=address)
        assert "Ollama is not reachable at" in told.stderr
        assert "secret" not in told.output


def test_a_password_in_a_spec_is_not_told(note):
    told = errors(*asked(note, "offline", "http://jan:secret@h/v1"), code=2)
    assert "http://***@h/v1 names no model" in told


def test_an_address_is_no_file():
    told = errors("ask", "Why?", "https://example.org/a.pdf", *OFFLINE)
    assert told.startswith("Error: https://example.org/a.pdf is no file: download it, and name the")


def test_files_are_read_before_a_key_is_asked_for():
    told = errors(*asked("/nowhere/x.txt", "offline", "openai:gpt-4o"))
    assert told.startswith("Error: /nowhere/x.txt is not there")


def test_files_are_read_before_a_journal_is_made(tmp_path):
    journal = tmp_path / "paid.db"
    errors(*asked("/nowhere/x.txt", "offline"), "--journal", journal)
    assert not journal.exists()


def test_wrong_usage_is_told_before_files_are_read():
    assert "is no model" in errors(*asked("/nowhere/x.txt", "offline", "gpt"), code=2)


@pytest.mark.parametrize("limit", ["--max-cost", "--max-seconds"])
@pytest.mark.parametrize("value", ["inf", "nan"])
def test_a_limit_that_is_none_is_wrong_usage(note, limit, value):
    told = errors("ask", "Why?", note, *OFFLINE, limit, value, code=2)
    assert told.startswith(f"Error: Invalid value for '{limit}'")


def test_packages_that_are_missing_are_told_all_at_once():
    ended = without("ollama,openai", *asked("/nowhere/x.txt", "ollama:m", "openai:m"))
    said = (
        "Error: ollama and openai are not installed: "
        "pip install 'minions-integrations[ollama,openai]'\n"
    )
    assert (ended.returncode, ended.stderr.decode()) == (1, said)


def test_a_package_that_is_missing_is_told_with_its_extra():
    ended = without("openai", *asked("/nowhere/x.txt", "ollama:m", "http://h/v1#m"))
    said = "Error: openai is not installed: pip install 'minions-integrations[openai]'\n"
    assert (ended.returncode, ended.stderr.decode()) == (1, said)


def test_an_ollama_that_does_not_run_is_told_how_to_start(note, closed):
    told = errors(*asked(note, "ollama:llama3.2"), OLLAMA_HOST=closed)
    assert "start it with `ollama serve`, or set OLLAMA_HOST to where it listens" in told


def test_a_model_that_was_not_pulled_is_told_how_to_get(note):
    missing = WireReply("model 'llama9' not found", status=404)
    with WireServer(lambda asked: remote(asked) if asked.api == "openai" else missing) as server:
        arguments = asked(note, "ollama:llama9", f"{server.openai_url}#gpt-4o")
        result = run(*arguments, OLLAMA_HOST=server.url)
    assert "get it with `ollama pull llama9`" in result.stderr


def test_a_server_that_is_not_there_is_told_with_the_options(note, closed):
    told = run(*asked(note, "offline", f"{closed}/v1#m")).stderr
    assert "Start it, or mend the address in --local or --remote" in told


def test_a_context_over_the_local_window_is_told_the_other_protocol(tmp_path):
    long = written(tmp_path, "long.txt", "The plant in Brno employs 412 people. " * 9000)
    with WireServer(remote, context_length=8192) as server:
        arguments = [*asked(long, "ollama:llama3.2"), "--protocol", "minion"]
        told = errors(*arguments, OLLAMA_HOST=server.url)
    assert "use --protocol minions, which reads in chunks" in told


def test_a_limit_on_a_cost_that_is_not_known_is_told_the_other_options(note):
    told = errors("ask", "Why?", note, *OFFLINE, "--max-cost", "1")
    assert told.startswith("Error: --max-cost is set, and the price of 'offline-supervisor' is not")
    assert "set --price-as to a model whose price is known, or --max-tokens instead" in told


def test_a_journal_that_cannot_be_made_is_told(note):
    told = errors("ask", "Why?", note, *OFFLINE, "--journal", "/nowhere/paid.db")
    assert told == "Error: /nowhere/paid.db cannot be made: No such file or directory\n"


def test_a_file_that_is_no_journal_is_told(note):
    told = errors("ask", "Why?", note, *OFFLINE, "--journal", note)
    assert told.startswith(f"Error: {note} is no journal")


def test_a_wrong_value_is_wrong_usage():
    told = errors("demo", "--protocol", "telepathy", code=2)
    assert "'--protocol'" in told
    assert "'telepathy' is not one of 'minion', 'minions'" in told


def test_a_wrong_option_is_wrong_usage():
    assert "No such option: --tele" in errors("demo", "--tele", code=2)


def test_a_wrong_command_is_wrong_usage():
    assert "No such command 'aks'. Did you mean 'ask'?" in errors("aks", code=2)


def test_a_missing_argument_is_wrong_usage():
    assert "Missing argument 'QUESTION'" in errors("ask", code=2)


def test_a_hostile_name_cannot_command_the_terminal():
    assert "\x1b" not in errors("ask", "Why?", "/nowhere/\x1b[2J.txt", *OFFLINE)


def test_with_debug_an_error_keeps_its_trace():
    result = run("ask", "Why?", "/nowhere/x.txt", *OFFLINE, "--debug")
    assert isinstance(result.exception, UsageError)


def test_an_error_that_nobody_expected_is_told_by_its_class(monkeypatch):
    def broken(_seed):
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr("minions_core.cli.demonstrating.annual_report", broken)
    told = errors("demo")
    assert told == "Error: ZeroDivisionError: of all things (--debug shows where)\n"


def test_what_was_spent_before_an_error_is_told(note):
    with WireServer(remote) as server:
        arguments = [*asked(note, "tokasaurus:m", f"{server.openai_url}#gpt-4o"), "--json"]
        told = run(*arguments).stderr
    assert "(after 1 remote call: " in told


def test_an_error_with_json_prints_what_is_known(note):
    with WireServer(["Hm.", WireReply("no", status=401)]) as server:
        result = run(*asked(note, "offline", f"{server.openai_url}#gpt-4o"), "--json")
    assert MinionsResult.from_json(result.stdout).status == "failed"
    assert result.exit_code == 1


def test_an_error_before_anything_is_known_prints_no_json(note):
    assert errors(*asked(note, "offline", "openai:gpt-4o"), "--json").startswith(
        "Error: no API key"
    )


@pytest.mark.parametrize("package", ["typer", "rich"])
def test_without_its_packages_the_command_says_what_to_install(package):
    ended = without(package)
    said = f"{package} is not installed: pip install 'minions-integrations[cli]'\n"
    assert (ended.returncode, ended.stderr.decode()) == (1, said)


def test_a_part_of_ours_that_is_missing_is_not_mistaken_for_a_package():
    said = without("minions_core.cli.chatting").stderr.decode()
    assert "ModuleNotFoundError" in said
    assert "pip install" not in said


def test_the_command_can_be_called_from_python():
    assert get_command(app).main(["--version"], standalone_mode=False) == 0


def test_called_from_python_it_raises_what_goes_wrong():
    wrong = ["ask", "Why?", "a", "--protocol", "minion", "--samples", "2"]
    with pytest.raises(WrongUsage, match="--samples goes only with"):
        get_command(app).main(wrong, standalone_mode=False)
