"""What keeps the heart pure."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import minions_core

ROOT = Path(minions_core.__file__).parent
FRAMEWORKS = ("langchain_core", "llama_index", "openai", "ollama", "numpy", "tiktoken", "httpx")


def bare_effects(path):
    """Statements that build an effect and drop it: a forgotten `yield from`."""
    tree = ast.parse(path.read_text("utf-8"))
    return [
        f"{path.name}:{node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id in {"Ask", "Emit", "Gather", "RunPlan"}
    ]


def test_no_effect_is_built_and_dropped():
    dropped = [line for path in (ROOT / "protocols").glob("*.py") for line in bare_effects(path)]
    assert dropped == []


def test_a_dropped_effect_would_be_noticed(tmp_path):
    (tmp_path / "x.py").write_text("def f():\n    Emit(1)\n")
    assert bare_effects(tmp_path / "x.py") == ["x.py:2"]


def test_nothing_runs_code_in_this_process():
    names = [
        f"{path}:{node.lineno}"
        for room in ("minions_core", "langchain_minions", "llama_index_minions")
        for path in (ROOT.parent / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"exec", "eval", "compile", "__import__"}
    ]
    assert names == []


def test_importing_the_core_loads_no_framework_and_no_heavy_library():
    script = "import sys, json, minions_core; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run(  # noqa: S603 - our own line of Python
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT.parent
    )
    assert set(json.loads(run.stdout)) & set(FRAMEWORKS) == set()


def test_the_public_names_are_sorted_and_there():
    names = minions_core.__all__
    assert names == sorted(names)
    assert [name for name in names if not hasattr(minions_core, name)] == []
