"""A run killed between two calls, and resumed: by the script that does it at every place."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

drivers = pytest.mark.parametrize("driver", ["async", "threads"])


def killed_and_resumed(driver, at_once, *places):
    script = ROOT / "benchmarks" / "kill_and_resume.py"
    wanted = ["--driver", driver, "--at-once", str(at_once), "--places", *map(str, places)]
    done = subprocess.run(  # noqa: S603 - a script of this project
        [sys.executable, script, "--json", *wanted],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert not done.returncode, done.stderr
    return json.loads(done.stdout)


@drivers
def test_one_call_at_a_time_none_is_paid_for_twice_wherever_the_run_is_killed(driver):
    told = killed_and_resumed(driver, 1, 0, 1, 100, 201)
    assert told == {"places": 4, "calls": 202, "same": True, "lost": 0, "most_of_one": 1}


@drivers
def test_several_at_a_time_only_those_in_flight_are_paid_for_again(driver):
    told = killed_and_resumed(driver, 4, 100)
    assert told["same"]
    assert told["lost"] <= 3
