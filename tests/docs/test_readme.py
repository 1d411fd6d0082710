"""Every code block of the README runs, with real clients against a server on loopback."""

import re
import runpy
from pathlib import Path

import pytest

from tests.docs.models import REPORT, every_model
from tests.wire import WireServer

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=[f"block_{n}" for n in range(len(BLOCKS))])
def test_a_block_of_the_readme_runs(block, tmp_path, monkeypatch, capsys):
    (tmp_path / "report.txt").write_text(REPORT)
    monkeypatch.chdir(tmp_path)
    with WireServer(every_model) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.ollama_url)
        monkeypatch.setenv("OPENAI_BASE_URL", server.openai_url)
        monkeypatch.setenv("OPENAI_API_BASE", server.openai_url)
        monkeypatch.setenv("OPENAI_API_KEY", "a key that opens nothing")
        script = tmp_path / "block.py"
        script.write_text(block.replace("http://localhost:11434", server.ollama_url))
        runpy.run_path(str(script))
    assert "1,577" in capsys.readouterr().out
