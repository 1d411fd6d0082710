"""Wall time of a run's jobs against a server with N slots: at best jobs x latency / N.

The server is a process of its own on loopback: it takes any number of requests, works at N of them
at a time, and each takes as long as it is told. The client is the one that speaks OpenAI's API. The
time told is that of the jobs, from the first that began to the last that finished. With as many
calls in flight as there are slots, a slot stands idle while its next call is made ready; with two
more it does not.

    python benchmarks/slots.py --slots 4 --latency 0.25
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from itertools import product
from typing import TYPE_CHECKING

from minions_core import JobFinished, JobStarted, Minions, MinionsConfig
from minions_core.clients import OpenAICompatibleClient
from minions_core.testing import ScriptedModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from minions_core import Event

PLAN = """```python
def prepare_jobs(context, prev_job_manifests=None, prev_job_outputs=None):
    return [JobManifest(chunk=c, task="What is the code?") for c in context[0].split("\\n\\n")]
```"""
ANSWER = "<answer>There is none.</answer>"
NOTHING = json.dumps({"explanation": None, "citation": None, "answer": None})
REPLY = json.dumps(
    {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": "small",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": NOTHING},
            }
        ],
        "usage": {"prompt_tokens": 300, "completion_tokens": 20, "total_tokens": 320},
    }
).encode()
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"


async def serve(slots: int, latency: float) -> None:
    """Answer every request with the same reply, `slots` at a time; prints its port first."""
    free = asyncio.Semaphore(slots)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = head.lower().split(b"content-length:")[1].split(b"\r\n")[0]
                await reader.readexactly(int(length))
                async with free:
                    await asyncio.sleep(latency)
                writer.write(HEAD % len(REPLY) + REPLY)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1")
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def remote_lines() -> Iterator[str]:
    """What the remote model says."""
    yield PLAN
    yield ANSWER


def timed(driver: str, port: int, jobs: int, at_once: int) -> float:
    """Seconds the jobs of one run take."""
    times: list[float] = []

    def watch(event: Event) -> None:
        if isinstance(event, JobStarted | JobFinished):
            times.append(time.perf_counter())

    document = "\n\n".join(f"Section {n} holds nothing of note." for n in range(jobs))
    local = OpenAICompatibleClient("small", base_url=f"http://127.0.0.1:{port}/v1")
    engine = Minions(
        local, ScriptedModel(remote_lines()), config=MinionsConfig(local_concurrency=at_once)
    )
    if driver == "async":
        with asyncio.Runner() as runner:
            result = runner.run(engine.arun("What is the code?", document, on_event=watch))
    else:
        result = engine.run("What is the code?", document, on_event=watch)
    assert [job.status for job in result.rounds[0].jobs] == ["abstained"] * jobs
    return times[-1] - times[0]


def main() -> None:
    """Start the server, time both drivers, print medians."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    options.add_argument("--slots", type=int, nargs="*", default=[1, 4, 16])
    options.add_argument("--latency", type=float, default=0.25)
    options.add_argument("--jobs-per-slot", type=int, default=20)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.serve:
        with asyncio.Runner() as runner:
            runner.run(serve(given.serve, given.latency))
    best = given.jobs_per_slot * given.latency
    for slots in given.slots:
        jobs = given.jobs_per_slot * slots
        print(f"{jobs} jobs of {given.latency} s, {slots} slots: at best {best:.2f} s")
        serving = [sys.executable, __file__, "--serve", str(slots), "--latency", str(given.latency)]
        with subprocess.Popen(serving, stdout=subprocess.PIPE) as server:  # noqa: S603 - this script
            assert server.stdout
            port = int(server.stdout.readline())
            timed("threads", port, 1, 1)  # loads what the first call loads
            for driver, ahead in product(("async", "threads"), (0, 2)):
                times = [timed(driver, port, jobs, slots + ahead) for _ in range(given.runs)]
                median = statistics.median(times)
                told = f"{median:.2f} s ({median / best - 1:+.1%})"
                print(f"  {driver:8} {slots + ahead:2} in flight: {told}")
            server.terminate()


if __name__ == "__main__":
    main()
