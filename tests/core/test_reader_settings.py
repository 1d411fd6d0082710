"""What a reader's settings allow, and what of its work keeps off the event loop."""

import threading
from functools import partial

import pytest
from pydantic import ValidationError

from minions_core import Budget, Document, ModelError, ReaderConfig
from minions_core.protocols import extraction
from tests.core.reading import NOTHING, OTHER, QUESTION, REPORT, SPENT, quoting, read, reader

OTHERS = Document(OTHER, "other.txt")


@pytest.mark.parametrize("limit", ["cost", "remote_tokens"])
def test_a_budget_for_a_remote_model_is_refused(limit):
    with pytest.raises(ValidationError, match=f"no remote model for budget.{limit} to limit"):
        ReaderConfig(budget=Budget(jobs=3, **{limit: 1}))


def test_a_budget_of_jobs_and_seconds_is_taken():
    budget = Budget(jobs=3, seconds=60)
    assert ReaderConfig(budget=budget).budget == budget


@pytest.mark.parametrize("retries", [0, 2])
def test_a_failed_call_is_sent_again_as_often_as_the_settings_say(monkeypatch, retries):
    monkeypatch.setattr("minions_core.drivers.threaded.Stop.pause", lambda self, seconds: None)
    asked = []

    def worker(ask):
        asked.append(ask)
        return ModelError("busy", retryable=True)

    with pytest.raises(ModelError, match="busy"):
        read(worker, max_retries=retries)
    assert len(asked) == 1 + retries


def test_chunks_whose_jobs_told_nothing_are_named():
    def worker(ask):
        return ModelError("boom") if OTHER in str(ask.messages) else NOTHING

    result = read(worker, OTHERS, Document(SPENT))
    assert [(chunk.document, chunk.text) for chunk in result.lost] == [(0, OTHER)]


def test_where_all_was_read_no_chunk_is_lost():
    assert read(quoting(SPENT), OTHERS, REPORT).lost == ()


class Listed:
    """A context that notes which thread reads it."""

    def __init__(self):
        self.threads = []

    def __iter__(self):
        self.threads.append(threading.current_thread())
        return iter([REPORT, OTHERS])


async def test_documents_are_taken_in_off_the_event_loop():
    context = Listed()
    await reader(quoting(SPENT)).aread(QUESTION, context)
    assert (len(context.threads), threading.current_thread() in context.threads) == (1, False)


@pytest.mark.parametrize("work", ["cut_all", "gather_findings"])
async def test_cutting_and_checking_keep_off_the_event_loop(monkeypatch, work):
    threads = []

    def noted(called, *args, **kwargs):
        threads.append(threading.current_thread())
        return called(*args, **kwargs)

    monkeypatch.setattr(extraction, work, partial(noted, getattr(extraction, work)))
    await reader(quoting(SPENT)).aread(QUESTION, [REPORT])
    assert (bool(threads), threading.current_thread() in threads) == (True, False)
