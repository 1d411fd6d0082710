"""Ctrl-C: what is known is told, what was spent, how to go on; the command ends with 130."""

import re
import signal
import subprocess
import sys
import threading

import pytest

from minions_core.cli.asking import _Watch
from minions_core.cli.stopping import ended_by_signals
from minions_core.events import RoundStarted
from minions_core.result import MinionsResult
from tests.apps.commands import CTRL_C, PATIENCE, Terminal, environment, run, started, written
from tests.apps.scripts import NOTE, QUESTION, Stuck, both
from tests.wire import WireReply, WireServer


@pytest.fixture
def note(tmp_path):
    return written(tmp_path, "note.md", NOTE)


def asked(server, note, *more):
    remote = ["--remote", f"{server.openai_url}#gpt-4o"]
    return ["ask", QUESTION, note, *remote, *more]


def stopped(note, *more, number=signal.SIGINT):
    """Exit code, output and complaint of a command that is stopped while a worker reads."""
    models = Stuck()
    with WireServer(models) as server:
        process = started(*asked(server, note, *more), OLLAMA_HOST=server.url)
        assert models.is_read.wait(PATIENCE)
        process.send_signal(number)
        output, complaint = process.communicate(timeout=PATIENCE)
    return process.returncode, output.decode(), complaint.decode()


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    return stopped(written(tmp_path_factory.mktemp("stopped"), "note.md", NOTE))


def test_a_command_that_is_stopped_ends_with_130(told):
    assert told[0] == 130


def test_a_command_that_is_stopped_shows_what_is_known(told):
    assert "Remote: 1 call" in told[1]


def test_a_command_that_is_stopped_tells_what_was_spent_and_shows_no_trace(told):
    assert re.fullmatch(r"Stopped after 1 remote call: \d+ tokens in, \d+ out, .*\n", told[2])


def test_json_of_a_command_that_is_stopped_is_what_is_known(note):
    _, output, _ = stopped(note, "--json")
    assert MinionsResult.from_json(output).status == "failed"


SIGNALS = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])


@SIGNALS
def test_a_signal_ends_a_command_as_ctrl_c_does(note, number):
    code, output, complaint = stopped(note, number=number)
    assert (code, complaint.startswith("Stopped after 1 remote call: ")) == (128 + number, True)
    assert "Remote: 1 call" in output


@SIGNALS
def test_a_signal_that_is_ignored_stays_so(number):
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with ended_by_signals():
            assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)


@SIGNALS
def test_once_a_command_has_ended_a_signal_does_what_it_did(number):
    before = signal.getsignal(number)
    run("demo", "--json")
    assert signal.getsignal(number) == before


def test_a_command_can_be_run_on_any_thread():
    ended = []
    thread = threading.Thread(target=lambda: ended.append(run("config").exit_code))
    thread.start()
    thread.join()
    assert ended == [0]


def test_a_command_that_is_stopped_goes_on_from_its_journal(note, tmp_path):
    journal = ["--journal", tmp_path / "paid.db"]
    _, _, complaint = stopped(note, *journal)
    with WireServer(both) as server:
        run(*asked(server, note, *journal), OLLAMA_HOST=server.url)
        calls = [request.api for request in server.requests]
    assert f"{journal[1]} keeps every reply that came" in complaint
    assert calls == ["ollama", "openai"]


def test_a_command_that_waits_for_its_documents_is_just_stopped():
    with Terminal("ask", "Why?", "-", "--local", "offline", "--remote", "offline") as terminal:
        terminal.until("Reading standard input").type(CTRL_C)
        assert terminal.ended() == 130
    assert "Stopped." in terminal.shown


@pytest.fixture
def terminal(note):
    """A terminal where a worker reads."""
    with (
        WireServer(Stuck()) as server,
        Terminal(*asked(server, note), OLLAMA_HOST=server.url) as terminal,
    ):
        yield terminal.until("1 at work")


def test_at_a_terminal_ctrl_c_reaches_the_run(terminal):
    assert terminal.type(CTRL_C).ended() == 130
    assert "Stopped after 1 remote call" in terminal.shown


def test_the_cursor_is_back_after_ctrl_c(terminal):
    terminal.type(CTRL_C).ended()
    hidden, shown = (terminal.sent.rfind(code) for code in ("\x1b[?25l", "\x1b[?25h"))
    assert shown > hidden


@SIGNALS
def test_the_cursor_is_back_after_a_signal(terminal, number):
    assert terminal.signalled(number) == 128 + number
    hidden, shown = (terminal.sent.rfind(code) for code in ("\x1b[?25l", "\x1b[?25h"))
    assert shown > hidden


def test_what_is_known_outlives_the_terminal(note):
    with (
        WireServer(Stuck()) as server,
        Terminal(*asked(server, note), to_a_pipe=True, OLLAMA_HOST=server.url) as terminal,
    ):
        assert terminal.until("1 at work").hung_up() == 128 + signal.SIGHUP
        assert "Remote: 1 call" in terminal.output


def test_a_second_ctrl_c_does_no_harm(terminal):
    assert terminal.type(CTRL_C).type(CTRL_C).ended() == 130
    assert "Traceback" not in terminal.shown


def test_a_command_can_be_stopped_while_the_remote_model_thinks(note):
    slow = WireReply("", delay=600)
    arguments = ["ask", QUESTION, note, "--local", "offline", "--remote"]
    with WireServer(slow) as server, Terminal(*arguments, f"{server.openai_url}#m") as terminal:
        terminal.until("Waiting").type(CTRL_C)
        assert terminal.ended() == 130


def test_a_command_can_be_stopped_while_it_begins():
    code = """
import sys
class Pressed:
    def find_spec(self, name, *_):
        if name == "typer":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Pressed())
from minions_core.cli import main
main()"""
    command = [sys.executable, "-c", code]
    ended = subprocess.run(command, capture_output=True, env=environment(), check=False)  # noqa: S603 - our own
    assert (ended.returncode, ended.stderr) == (130, b"")


def test_what_calls_in_flight_tell_after_the_end_is_not_shown():
    shown = []

    class Face:
        show = shown.append

    watch = _Watch(Face())
    watch.is_over = True
    watch(RoundStarted(round=1))
    assert shown == []
