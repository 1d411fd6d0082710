"""A run that a person breaks off with Ctrl-C: what there is so far comes with the interrupt."""

import json

import pytest

from minions_core import Minions, MinionsConfig
from minions_core.testing import ScriptedModel

TEXT = "Revenue was 7 million.\n\n" + "Nothing of note happened that day.\n\n" * 40
PLAN = """```python
def prepare_jobs(context, prev_job_manifests=None, prev_job_outputs=None):
    return [JobManifest(chunk=context[0], task="Revenue?")]
```"""
FOUND = json.dumps({"citation": "Revenue was 7 million.", "answer": "7 million"})


def lines(*said):
    """A script that ends with the person's patience."""
    left = list(said)

    def say(_):
        if not left:
            raise KeyboardInterrupt
        return left.pop(0)

    return say


def interrupted(*said):
    local, remote = ScriptedModel([FOUND]), ScriptedModel(lines(*said), name="gpt-4o")
    engine = Minions(local, remote, config=MinionsConfig())
    with pytest.raises(KeyboardInterrupt) as stopped:
        engine.run("Revenue?", TEXT)
    return stopped.value.partial


def test_the_first_call_broken_off_leaves_a_failed_result():
    partial = interrupted()
    assert (partial.status, partial.evidence) == ("failed", ())


def test_evidence_found_before_is_kept():
    assert [item.quote for item in interrupted(PLAN).evidence] == ["Revenue was 7 million."]


def test_what_was_paid_before_is_on_the_bill_the_call_in_flight_included():
    assert interrupted(PLAN).ledger.remote.calls == 2
