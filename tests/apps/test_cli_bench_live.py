"""`minions bench` with servers, at terminals, and stopped by Ctrl-C."""

import io
import re
import signal
import threading

import pytest
from rich.console import Console

from minions_core.bench import Report, Setup
from minions_core.cli.benching import _laid_out
from tests.apps.benches import asked_in, table
from tests.apps.commands import CTRL_C, OFFLINE, Terminal, run, started
from tests.bench.made import Scripted
from tests.bench.made import bench as made
from tests.wire import WireReply, WireServer


@pytest.fixture
def asked(tmp_path):
    return asked_in(tmp_path)


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def served(server):
    return f"{server.openai_url}#gpt-4o"


def test_a_real_server_is_asked(asked, out):
    with WireServer("412") as server:
        options = ["--remote", served(server), "--protocols", "remote", "--out", out]
        result = run("bench", asked, *options, OPENAI_API_KEY="none")
    assert result.exit_code == 0
    assert table(result.stdout)["remote-only"][2] == "50%"


def test_a_judge_marks_the_answers(asked, out):
    with WireServer('{"reason": "So.", "verdict": "right"}') as server:
        options = ["--judge", served(server), "--protocols", "remote", "--out", out]
        result = run("bench", asked, *OFFLINE, *options)
    assert table(result.stdout)["remote-only"][6] == "1.00"


@pytest.mark.parametrize("options", [["--privacy", "answers"], ["--redact"]])
def test_a_judge_on_this_machine_may_see_what_does_not_leave_it(asked, out, options):
    with WireServer('{"reason": "So.", "verdict": "right"}') as server:
        options = [*options, "--judge", served(server), "--protocols", "minions", "--out", out]
        result = run("bench", asked, *OFFLINE, *options)
    assert table(result.stdout)["MinionS"][6] == "1.00"


def test_a_server_that_is_gone_ends_it_with_what_is_done(asked, out):
    # The stand-in answers the first contender; nobody listens for the second.
    options = ["--local", "offline", "--remote", "http://127.0.0.1:9/v1#gpt-4o", "--out", out]
    result = run("bench", asked, *options, "--protocols", "local,remote", "--quiet")
    assert result.exit_code == 1
    assert "nobody listens at http://127.0.0.1:9" in result.stderr
    assert table(result.stdout)["local-only"][1] == "2"


def test_what_failed_does_not_end_it(asked, out):
    with WireServer(WireReply("no", status=400)) as server:
        options = ["--remote", served(server), "--protocols", "remote", "--out", out]
        result = run("bench", asked, *options)
    assert result.exit_code == 0
    assert "remote-only: 2 failed" in result.stdout


class SlowOnce:
    """A script that takes longer than anybody waits for its second answer, and for no other."""

    def __init__(self):
        self.is_waited_for = threading.Event()
        self._delays = iter([0, 60])

    def __call__(self, _):
        if delay := next(self._delays, 0):
            self.is_waited_for.set()
        return WireReply("412", delay=delay)


def stopped(asked, out, server, script):
    """A benchmark stopped by Ctrl-C at its second question: exit code and output."""
    options = ["--local", "offline", "--remote", served(server), "--protocols", "remote"]
    process = started("bench", asked, *options, "--out", out)
    assert script.is_waited_for.wait(60)
    process.send_signal(signal.SIGINT)
    said, errors_said = process.communicate(timeout=60)
    return process.returncode, said.decode(), errors_said.decode()


def test_ctrl_c_ends_it_with_what_is_done(asked, out):
    with WireServer(script := SlowOnce()) as server:
        code, said, error = stopped(asked, out, server, script)
    assert (code, table(said)["remote-only"][1]) == (130, "1")
    assert "the same command goes on" in error


def test_after_ctrl_c_the_same_command_goes_on(asked, out):
    with WireServer(script := SlowOnce()) as server:
        stopped(asked, out, server, script)
        options = ["--local", "offline", "--remote", served(server), "--protocols", "remote"]
        again = run("bench", asked, *options, "--out", out)
    assert again.stderr.splitlines()[0].endswith(", known")
    assert (again.exit_code, len(server.requests)) == (0, 3)


def test_a_bar_is_shown_at_a_terminal(asked, out):
    with (
        WireServer(SlowOnce()) as server,
        Terminal("bench", asked, "--local", "offline", "--remote", served(server),
                 "--protocols", "remote", "--out", out) as terminal,
    ):  # fmt: skip
        terminal.until("1/2").type(CTRL_C)
        assert terminal.ended() == 130


def test_a_terminal_gets_a_table(asked, out):
    with Terminal("bench", asked, *OFFLINE, "--out", out, "--protocols", "minions") as terminal:
        assert terminal.ended() == 0
    assert "MinionS  " in terminal.shown


def laid_out(width):
    work = made([Scripted({"q1": "412"}), Scripted({"q1": "412"}, name="minions")])
    work.run()
    setup = Setup(dataset="a", local="b", remote="c", top_k=8, max_rounds=3)
    console = Console(width=width, file=io.StringIO())
    console.print(_laid_out(Report(work, setup), width))
    return console.file.getvalue()


def test_a_wide_table_has_a_row_for_each_contender():
    assert re.search(r"contender +questions +exact", laid_out(120))


def test_a_narrow_table_has_a_column_for_each_contender():
    assert re.search(r"contender +remote-only +MinionS", laid_out(50))


@pytest.mark.parametrize("width", [30, 50, 80, 120])
def test_nothing_is_cut_from_a_table(width):
    assert "\u2026" not in laid_out(width)
