"""What models say over the wire where the `minions` command is tried."""

from __future__ import annotations

import json
import threading

from tests.wire import WireReply

NOTE = "# Staff\n\nThe plant in Brno employs 412 people.\n"
QUESTION = "How many people does the plant in Brno employ?"
PLAN = """```python
def prepare_jobs(context, prev_job_manifests, prev_job_outputs):
    return [JobManifest(chunk=context[0], task="How many people work in Brno?")]
```"""
WORKER = json.dumps(
    {"explanation": "", "citation": "The plant in Brno employs 412 people.", "answer": "412"}
)
ANSWER = "<answer>412 people [1].</answer>"


def remote(request):
    """A remote model that plans once, then answers."""
    return ANSWER if any(message["role"] == "assistant" for message in request.messages) else PLAN


def both(request):
    """A server of both models: Ollama's API is the local one's."""
    return WORKER if request.api == "ollama" else remote(request)


class Stuck:
    """The same, but the local model never comes to an end.

    Attributes:
        is_read: set once the local model was asked.
    """

    def __init__(self):
        self.is_read = threading.Event()

    def __call__(self, request):
        if request.api == "openai":
            return remote(request)
        self.is_read.set()
        return WireReply(WORKER, delay=600)
