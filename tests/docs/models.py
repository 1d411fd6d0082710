"""What the models say that answer the README's code blocks and the docstrings' snippets."""

import json

from tests.wire import WireReply

REPORT = "Capital expenditure in 2023 was 1,577 million.\n\n" + "The weather was mild. " * 400

_QUOTE = "Capital expenditure in 2023 was 1,577 million."
_PLAN = (
    "```python\n"
    "def prepare_jobs(context, prev_job_manifests=None, prev_job_outputs=None):\n"
    "    chunks = chunk_by_section(context[0])\n"
    "    found = search(chunks, 'capital expenditure', k=2)\n"
    "    return [JobManifest(chunk=c, task='Capital expenditure in 2023?') for c in found]\n"
    "```"
)
_FOUND = {"explanation": "It says so.", "citation": _QUOTE, "answer": "1,577 million"}
_SAID = {  # the first sign that is in the conversation counts
    "put your answer into a form": json.dumps({"value": 1577.0, "unit": "million"}),
    "you read one excerpt": json.dumps(_FOUND),
    "evidence after round": "<answer>It was 1,577 million [1].</answer>",
    "local model's reply": "<answer>It was 1,577 million [1].</answer>",
    "prepare_jobs": _PLAN,
    "<ask>": "<ask>What was capital expenditure in 2023?</ask>",
    "": f"It was 1,577 million.\nQuote: {_QUOTE}",
}


def every_model(request):
    """Both models of both protocols, and an agent's, told by what they are asked."""
    conversation = str(request.messages).lower()
    said = next(text for sign, text in _SAID.items() if sign in conversation)
    return _call(request) or said


def _call(request):
    """A question to a tool that takes one, if it was not asked just now."""
    if request.messages[-1]["role"] == "tool":
        return None
    for tool in request.body.get("tools", ()):
        function = tool["function"]
        arguments = list(function["parameters"]["properties"])
        if arguments in (["input"], ["question"]):
            return WireReply(call=(function["name"], {arguments[0]: request.prompt}))
    return None
