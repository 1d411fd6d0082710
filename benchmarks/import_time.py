"""How long `import minions_core` takes, and that it brings no framework and no client with it.

Medians of several processes, less the time Python itself takes to start.

    python benchmarks/import_time.py
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

LIMIT = 0.3
UNWANTED = (
    "bm25s",
    "genai_prices",
    "httpx",
    "langchain_core",
    "llama_index",
    "numpy",
    "ollama",
    "openai",
    "pydantic_monty",
    "rich",
    "streamlit",
    "tiktoken",
    "typer",
)


def run(code: str) -> tuple[float, str]:
    """Seconds a new Python takes to run `code`, and what it prints."""
    began = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - the code of this script
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    return time.perf_counter() - began, done.stdout


def main() -> None:
    """Time it, print the median."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    options.add_argument("--runs", type=int, default=9)
    runs = options.parse_args().runs
    run("import minions_core")
    bare = statistics.median(run("pass")[0] for _ in range(runs))
    whole = statistics.median(run("import minions_core")[0] for _ in range(runs))
    print(f"import minions_core: {whole - bare:.3f} s (limit {LIMIT} s; Python alone {bare:.3f} s)")
    _, names = run("import sys, minions_core; print(*{m.split('.')[0] for m in sys.modules})")
    heavy = sorted(set(names.split()) & set(UNWANTED))
    print(f"heavy packages that come with it: {', '.join(heavy) or 'none'}")
    assert not heavy
    assert whole - bare < LIMIT


if __name__ == "__main__":
    main()
