"""The file of a journal: whose it is, what else it might be, who else uses it."""

import asyncio
import gc
import multiprocessing
import os
import sqlite3
import stat
import subprocess
import sys
import threading

import pytest

from minions_core.effects import Ask
from minions_core.errors import JournalError, UsageError
from minions_core.journal import Journal, Journaled, database
from minions_core.messages import Message, Reply, Usage
from minions_core.testing import ScriptedModel

KEY = b"k" * 32
PAID = Reply(text="42", usage=Usage(input_tokens=900, output_tokens=5), model="m-1")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.journal"


def filled(path, count=1):
    """A journal of some replies, still open."""
    journal = Journal(path)
    for turn in range(1, count + 1):
        journal.record(KEY, turn, PAID)
    return journal


class TestFile:
    def test_it_can_be_read_by_its_owner_alone(self, path):
        journal = filled(path)
        modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
        assert modes == {0o600}
        assert len(journal) == 1

    def test_a_file_that_is_there_keeps_its_mode(self, path):
        path.touch(mode=0o640)
        filled(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o640

    def test_it_keeps_the_usage_that_was_paid(self, path):
        filled(path).close()
        with sqlite3.connect(path) as opened:
            row = opened.execute("SELECT input_tokens, output_tokens, estimated FROM replies")
            assert row.fetchone() == (900, 5, 0)
        opened.close()

    def test_closed_it_is_one_file(self, path):
        filled(path).close()
        assert list(path.parent.iterdir()) == [path]

    def test_its_block_closes_it(self, path):
        with filled(path):
            pass
        assert list(path.parent.iterdir()) == [path]

    def test_forgotten_it_is_closed(self, path):
        filled(path)
        gc.collect()
        assert list(path.parent.iterdir()) == [path]

    def test_closed_it_opens_again_when_it_is_used(self, path):
        journal = filled(path)
        journal.close()
        assert journal.find(KEY, 1).text == "42"

    def test_it_stays_where_it_was_opened(self, path, monkeypatch):
        monkeypatch.chdir(path.parent)
        journal = Journal(path.name)
        journal.close()
        monkeypatch.chdir("/")
        assert journal.record(KEY, 1, PAID) == PAID
        assert len(Journal(path)) == 1

    @pytest.mark.parametrize("name", [":memory:", "file:x?mode=memory", "100% sure #1"])
    def test_any_name_is_the_name_of_a_file(self, path, name):
        filled(path.with_name(name)).close()
        assert path.with_name(name).exists()

    @pytest.mark.parametrize("text", ["", "nul \0 in it", "caf\u00e9 \U0001f600", "x" * 300_000])
    def test_any_text_is_kept(self, path, text):
        Journal(path).record(KEY, 1, Reply(text=text))
        assert Journal(path).find(KEY, 1).text == text

    def test_a_lone_surrogate_is_replaced(self, path):
        Journal(path).record(KEY, 1, Reply(text="caf\udce9"))
        assert Journal(path).find(KEY, 1).text == "caf\ufffd"


class TestRefusals:
    @pytest.mark.parametrize("text", ["my notes", "\n\n", '{"a": 1}\n' * 1000])
    def test_a_file_that_is_no_journal_is_refused(self, path, text):
        path.write_text(text)
        with pytest.raises(UsageError, match="is no journal"):
            Journal(path)
        assert path.read_text() == text

    def test_another_database_is_refused_and_left_as_it_is(self, path):
        with sqlite3.connect(path) as other:
            other.execute("CREATE TABLE notes (text)")
        other.close()
        before = path.read_bytes()
        with pytest.raises(UsageError, match="is no journal"):
            Journal(path)
        assert path.read_bytes() == before

    def test_a_journal_of_another_format_is_refused(self, path):
        filled(path).close()
        with sqlite3.connect(path) as opened:
            opened.execute("PRAGMA user_version = 99")
        opened.close()
        with pytest.raises(UsageError, match="format 99"):
            Journal(path)

    def test_a_folder_that_is_not_there_is_told_before_anything_is_paid(self, path):
        with pytest.raises(FileNotFoundError):
            Journal(path.parent / "missing" / path.name)

    def test_a_folder_is_no_journal(self, path):
        with pytest.raises(JournalError, match="unable to open"):
            Journal(path.parent)

    def test_a_journal_another_program_keeps_locked_is_told_of(self, path, monkeypatch):
        monkeypatch.setattr(database, "_PATIENCE", 0.01)
        journal = filled(path)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(JournalError, match="locked"):
            journal.record(KEY, 2, PAID)
        other.close()
        journal.record(KEY, 2, PAID)
        assert len(journal) == 2

    def test_a_file_cut_short_is_told_of_and_serves_nothing_wrong(self, path):
        filled(path, 200).close()
        os.truncate(path, 8192)
        with pytest.raises(JournalError, match="malformed"):
            Journal(path).record(KEY, 201, PAID)


def crashed(path, count):
    """What a process leaves that dies with a journal open: the files as they are at that moment."""
    journal = filled(path, count)
    left = path.with_name("left")
    left.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        (left / file.name).write_bytes(file.read_bytes())
    journal.close()
    return left / path.name


class TestTornFiles:
    def test_what_was_recorded_before_a_crash_is_there_after_it(self, path):
        assert len(Journal(crashed(path, 5))) == 5

    @pytest.mark.parametrize("lost", [1, 100, 5000])
    def test_a_torn_write_costs_the_last_replies_and_no_others(self, path, lost):
        left = crashed(path, 5)
        log = left.with_name(f"{left.name}-wal")
        os.truncate(log, log.stat().st_size - lost)
        journal = Journal(left)
        kept = len(journal)
        assert 1 <= kept < 5
        assert journal.find(KEY, kept) is not None
        assert journal.record(KEY, kept + 1, PAID) == PAID


class TestSharing:
    def test_what_was_recorded_first_counts(self, path):
        one, other = Journal(path), Journal(path)
        one.record(KEY, 1, Reply(text="first"))
        assert other.record(KEY, 1, PAID) == Reply(text="first", usage=PAID.usage)
        assert len(one) == 1

    def test_one_sees_what_another_records(self, path):
        one, other = Journal(path), Journal(path)
        one.record(KEY, 1, PAID)
        assert other.find(KEY, 1).text == "42"

    def test_replies_of_many_threads_are_all_kept(self, path):
        model = Journaled(ScriptedModel(lambda ask: ask.messages[0].content), Journal(path))

        def work(number):
            model.reply(Ask("local", (Message("user", f"question {number} " + "x" * 9000),)))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(32)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert len(Journal(path)) == 32

    def test_several_event_loops_may_share_it(self, path):
        journal = Journal(path)
        for turn in (1, 2):
            with asyncio.Runner() as runner:
                runner.run(journal.arecord(KEY, turn, PAID))
        assert len(journal) == 2

    async def test_a_reply_is_recorded_though_nobody_waits_for_it(self, path):
        journal = Journal(path)
        recording = asyncio.create_task(journal.arecord(KEY, 1, PAID))
        await asyncio.sleep(0)
        recording.cancel()
        await asyncio.gather(recording, return_exceptions=True)
        journal.close()
        assert len(journal) == 1


def record_many(path, start):
    """Work of one process: every reply is its own, and all processes have the same calls."""
    start.wait()
    journal = Journal(path)
    for turn in range(1, 51):
        journal.record(KEY, turn, Reply(text=f"{os.getpid()}"))


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_processes_that_open_it_at_once_do_not_record_twice(path, method):
    context = multiprocessing.get_context(method)
    start = context.Event()
    workers = [context.Process(target=record_many, args=(path, start)) for _ in range(4)]
    [worker.start() for worker in workers]
    start.set()
    [worker.join() for worker in workers]
    assert [worker.exitcode for worker in workers] == [0] * 4
    assert len(Journal(path)) == 50


FORKING = """
import os, sys
from minions_core.journal import Journal
from minions_core.messages import Reply

journal = Journal(sys.argv[1])
journal.record(b"key", 1, Reply(text="parent"))
child = os.fork()
if not child:
    journal.record(b"key", 2, Reply(text="child"))
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
journal.record(b"key", 3, Reply(text="parent"))
print([journal.find(b"key", turn).text for turn in (1, 2, 3)])
"""


def test_a_forked_process_may_go_on_with_it(path):
    done = subprocess.run(  # noqa: S603 - a script of this test's
        [sys.executable, "-c", FORKING, path], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['parent', 'child', 'parent']"
