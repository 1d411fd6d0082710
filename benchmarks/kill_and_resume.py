"""A run of 200 jobs, killed with SIGKILL before its next call, and resumed from its journal.

For every place to die at, one process makes that many calls and is killed; a second one resumes
the run. Told are the calls of both together, against those of a run nobody killed. One call at a
time, none may be made twice. With several, those in flight at the kill are lost, and only those.

    python benchmarks/kill_and_resume.py                       # every place, some minutes
    python benchmarks/kill_and_resume.py --places 0 1 100 201 --driver threads --at-once 4
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import tempfile
import threading
import time
import traceback
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from minions_core import Ledger, Minions, MinionsConfig, MinionsResult
from minions_core.journal import Journal, Journaled
from minions_core.ledger import price
from minions_core.messages import Reply, Usage
from minions_core.tokens import token_counter

if TYPE_CHECKING:
    from minions_core.effects import Ask
    from minions_core.models import OnText

JOBS = 200
DOCUMENT = "\n\n".join(f"Section {n}: its code is {n * 7919 % 10007}." for n in range(JOBS))
PLAN = """```python
def prepare_jobs(context, prev_job_manifests=None, prev_job_outputs=None):
    return [JobManifest(chunk=c, task="What is the code?") for c in context[0].split("\\n\\n")]
```"""
ANSWER = "<answer>The codes were read [1].</answer>"
LATENCY = 0.001


class Mortal:
    """A model that notes every call in a file, and dies when it has had enough of them.

    Args:
        name: what it is called.
        notes: the file; a line for each call it answers.
        lives: how many calls there are until death, shared by the models of a run.
    """

    context_window = 32_768

    def __init__(self, name: str, notes: Path, lives: Lives) -> None:
        self.name = name
        self._notes = notes
        self._lives = lives

    def reply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer, blocking."""
        reply = self._answer(ask)
        time.sleep(LATENCY)
        return reply

    async def areply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer on the event loop."""
        reply = self._answer(ask)
        await asyncio.sleep(LATENCY)
        return reply

    def _answer(self, ask: Ask) -> Reply:
        self._lives.spend()
        with self._notes.open("a") as file:
            file.write(f"{ask.label}\n")
        if ask.role == "remote":
            return Reply(text=PLAN if len(ask.messages) == 2 else ANSWER)
        section = ask.messages[-1].content.split("its code is ")[1].split(".")[0]
        quote = f"its code is {section}."
        return Reply(text=json.dumps({"explanation": "", "citation": quote, "answer": section}))


class Lives:
    """Kills its process once it is spent.

    Args:
        left: how many calls it allows; None for any number.
    """

    def __init__(self, left: int | None) -> None:
        self._left = left
        self._lock = threading.Lock()

    def spend(self) -> None:
        """Allow one call, or die."""
        with self._lock:
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            if self._left is not None:
                self._left -= 1


@dataclass(frozen=True)
class Way:
    """A way to run.

    Attributes:
        driver: `async` or `threads`.
        at_once: calls in flight.
    """

    driver: str
    at_once: int


def live(way: Way, folder: Path, left: int | None) -> int:
    """Run in a process of its own; returns the signal that ended it, or 0."""
    child = os.fork()
    if child:
        return -os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        run(way, folder, Lives(left))
    except BaseException:  # noqa: BLE001 - the child must not return into its parent's code
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def run(way: Way, folder: Path, lives: Lives) -> None:
    """Run, and write down what it comes to."""
    notes = folder / "calls"
    journal = Journal(folder / "run.journal")
    local, remote = (Journaled(Mortal(n, notes, lives), journal) for n in ("small", "large"))
    engine = Minions(local, remote, config=MinionsConfig(local_concurrency=way.at_once))
    if way.driver == "async":
        with asyncio.Runner() as runner:
            result = runner.run(engine.arun("What are the codes?", DOCUMENT))
    else:
        result = engine.run("What are the codes?", DOCUMENT)
    (folder / "result").write_text(result.to_json())


def ended(folder: Path) -> tuple[MinionsResult, Counter[str]]:
    """What a run came to, without its bill, and how often each call was made."""
    result = MinionsResult.from_json((folder / "result").read_text())
    return replace(result, ledger=Ledger()), Counter((folder / "calls").read_text().split())


def tried(way: Way, places: list[int] | None) -> dict[str, object]:
    """Kill and resume a run at each place; what is true of all of them."""
    with tempfile.TemporaryDirectory() as name:
        assert live(way, Path(name), None) == 0
        whole, calls = ended(Path(name))
    same, lost, most = True, 0, 0
    places = places or list(range(calls.total()))
    for place in places:
        with tempfile.TemporaryDirectory() as name:
            assert live(way, Path(name), place) == signal.SIGKILL
            assert live(way, Path(name), None) == 0
            result, made = ended(Path(name))
        same = same and result == whole and set(made) == set(calls)
        lost = max(lost, made.total() - calls.total())
        most = max(most, *made.values())
    return {
        "places": len(places),
        "calls": calls.total(),
        "same": same,
        "lost": lost,
        "most_of_one": most,
    }


def main() -> None:
    """Kill, resume, count."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    options.add_argument("--places", type=int, nargs="*")
    options.add_argument("--driver", choices=["async", "threads"], action="append")
    options.add_argument("--at-once", type=int, action="append")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    token_counter("large")("What every process needs is loaded once, before they part.")
    price(Usage(), "gpt-4o")
    for driver in given.driver or ["async", "threads"]:
        for at_once in given.at_once or [1, 4]:
            told = tried(Way(driver, at_once), given.places)
            if given.json:
                print(json.dumps(told), flush=True)
                continue
            print(
                f"{driver:8} {at_once} at once, killed at {told['places']} places: same result "
                f"{told['same']}, calls of one run {told['calls']}, of them made again: "
                f"at most {told['lost']}, none more than {told['most_of_one']} times",
                flush=True,  # nothing is left in a buffer for children to inherit
            )


if __name__ == "__main__":
    main()
