"""Every code block of the README runs, with real clients against a server on loopback."""

import json
import re
import runpy
from pathlib import Path

import pytest

from tests.wire import WireServer

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
REPORT = "Capital expenditure in 2023 was 1,577 million.\n\n" + "The weather was mild. " * 400
PLAN = (
    "```python\n"
    "def prepare_jobs(context, prev_job_manifests=None, prev_job_outputs=None):\n"
    "    chunks = chunk_by_section(context[0])\n"
    "    found = search(chunks, 'capital expenditure', k=2)\n"
    "    return [JobManifest(chunk=c, task='Capital expenditure in 2023?') for c in found]\n"
    "```"
)
FOUND = json.dumps(
    {
        "explanation": "It says so.",
        "citation": "Capital expenditure in 2023 was 1,577 million.",
        "answer": "1,577 million",
    }
)


def both_models(request):
    """The local model finds the figure; the remote one plans, then answers."""
    conversation = str(request.messages)
    if "You read one excerpt" in conversation:
        return FOUND
    if "Evidence after round" in conversation:
        return "<answer>It was 1,577 million [1].</answer>"
    return PLAN


@pytest.mark.parametrize("block", BLOCKS, ids=[f"block_{n}" for n in range(len(BLOCKS))])
def test_a_block_of_the_readme_runs(block, tmp_path, monkeypatch, capsys):
    (tmp_path / "report.txt").write_text(REPORT)
    monkeypatch.chdir(tmp_path)
    with WireServer(both_models) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.ollama_url)
        monkeypatch.setenv("OPENAI_BASE_URL", server.openai_url)
        monkeypatch.setenv("OPENAI_API_BASE", server.openai_url)
        monkeypatch.setenv("OPENAI_API_KEY", "a key that opens nothing")
        script = tmp_path / "block.py"
        script.write_text(block.replace("http://localhost:11434", server.ollama_url))
        runpy.run_path(str(script))
    assert "1,577" in capsys.readouterr().out
