"""What the models say to the examples of the page on the reference implementation."""

import json

_QUOTE = "Oil temperature was 92 degrees"
_PLAN = (
    "```python\n"
    "def prepare_jobs(context, prev_job_manifests=None, prev_job_outputs=None):\n"
    "    chunks = chunk_by_section(context[0])\n"
    "    return [JobManifest(chunk=c, task='How warm was the oil?') for c in chunks]\n"
    "```"
)
_FOUND = {"explanation": "It says so.", "citation": _QUOTE, "answer": "92 degrees"}
_SAID = {  # the first sign that is in the conversation counts
    "you read one excerpt": json.dumps(_FOUND),
    "evidence after round": "<answer>No: the oil was at 92 degrees [1].</answer>",
    "local model's reply": "<answer>No: the oil was at 92 degrees [1].</answer>",
    "reply 1:": "<answer>No: the oil was at 92 degrees [1].</answer>",
    "prepare_jobs": _PLAN,
    "<ask>": "<ask>How warm was the oil?</ask>",
    "": f"92 degrees\nQuote: {_QUOTE}",
}


def an_inspectors_models(request):
    """Both models of both protocols, told by what they are asked."""
    conversation = str(request.messages).lower()
    return next(text for sign, text in _SAID.items() if sign in conversation)
