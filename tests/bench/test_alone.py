"""One benchmark at a time in a folder."""

import signal
import subprocess
import sys

import pytest

from minions_core.bench import alone_in
from minions_core.errors import UsageError

HOLDS = (
    "import sys, pathlib; from minions_core.bench import alone_in; "
    "held = alone_in(pathlib.Path(sys.argv[1])); held.__enter__(); print('held', flush=True); "
    "sys.stdin.read()"
)


@pytest.fixture
def other(tmp_path):
    """A process at work in the folder."""
    with subprocess.Popen(  # noqa: S603 - our own line of Python
        [sys.executable, "-c", HOLDS, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def refused(folder, said):
    with pytest.raises(UsageError, match=said), alone_in(folder):
        pytest.fail("nobody was kept out")


def test_another_process_is_kept_out(other, tmp_path):
    refused(tmp_path, "another benchmark is at work in .* --out")


def test_the_same_process_is_kept_out(tmp_path):
    with alone_in(tmp_path):
        refused(tmp_path, "another benchmark is at work in .* --out")


def test_a_process_that_was_killed_keeps_nobody_out(other, tmp_path):
    other.send_signal(signal.SIGKILL)
    other.wait()
    with alone_in(tmp_path):
        assert (tmp_path / "records.lock").exists()


def test_whoever_is_done_keeps_nobody_out(tmp_path):
    with alone_in(tmp_path):
        pass
    with alone_in(tmp_path):
        assert (tmp_path / "records.lock").stat().st_size == 0


def test_the_folder_is_made(tmp_path):
    with alone_in(tmp_path / "new" / "out"):
        assert (tmp_path / "new" / "out").is_dir()


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    refused(tmp_path / "file" / "out", "cannot be written to: .* --out")


def test_a_lock_that_is_no_file_is_told(tmp_path):
    (tmp_path / "records.lock").mkdir()
    refused(tmp_path, "cannot be written to: .* --out")


def test_a_lock_that_is_none_of_ours_is_told(tmp_path):
    (tmp_path / "records.lock").write_bytes(b"no database" * 1000)
    refused(tmp_path, "cannot be written to: .* --out")
