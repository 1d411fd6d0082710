"""Source code in languages that tree-sitter knows: where its statements stand.

A parser that meets text in no language it knows may go over it again and again. So it gets a
window of the text at a time, and is stopped, for good, when it needs far more steps than code does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

_WINDOW = 16_000
_STEPS = 100  # reports a parser may make before they count
_CHARS_PER_STEP = 40  # minified code has 60 and more, plain code far more
_MOST_READS = 200  # code is read some 10 times, at the most 60
_TELLING = 20_000  # characters that are looked at to guess a language
_LETTER = re.compile(r"[^\W\x00-\x7f]")
_OTHER = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Grammar:
    """A grammar of tree-sitter.

    Attributes:
        module: the package it is in.
        names: what people call the language, and the suffixes of its files.
        telltale: matches lines that only this language has, or few others.
        function: what in the package gives the grammar.
    """

    module: str
    names: frozenset[str]
    telltale: re.Pattern[str]
    function: str = "language"


def _grammar(module: str, names: str, telltale: str, function: str = "language") -> Grammar:
    lines = re.compile(rf"^[ \t]*+(?:{telltale})", re.MULTILINE)
    return Grammar(f"tree_sitter_{module}", frozenset(names.split()), lines, function)


_GRAMMARS = (
    _grammar("php", "php", r"<\?php|\$\w+ ?=|namespace [\w\\]+;", "language_php_only"),
    _grammar("rust", "rust rs", r"(?:pub )?(?:fn|impl|mod|trait|use) ?[\w<:]|let mut |#\[derive"),
    _grammar("go", "go golang", r"func [(\w]|package \w+$|import \($|\w+ := |type \w+ struct \{"),
    _grammar(
        "c_sharp",
        "csharp c# cs",
        r"using [\w.]+;|namespace [\w.]+\s*[;{]?$|.*\{ get; .*\}|\[\w+\]$",
    ),
    _grammar(
        "java",
        "java",
        r"import (?:static )?[\w.*]+;|package [\w.]+;|@Override|public (?:final )?class \w+",
    ),
    _grammar(
        "cpp",
        "cpp c++ cc cxx hpp hh hxx",
        r"template ?<|namespace \w+|using namespace |class \w+.*[^;]$|(?:public|private):$|.*std::",
    ),
    _grammar("c", "c h", r"#include [<\"]|#define \w|#ifn?def |typedef |static \w+[ *]+\w+\("),
    _grammar(
        "typescript",
        "typescript ts mts cts",
        r"(?:export )?(?:interface|type|enum) \w+|.*\w\??: (?:string|number|boolean|void)\b",
        "language_typescript",
    ),
    _grammar("typescript", "tsx", r"import React.*|.*: (?:React\.FC|JSX\.Element)", "language_tsx"),
    _grammar(
        "javascript",
        "javascript js jsx mjs cjs node",
        r"(?:const|let|var) [\w{\[].*=|(?:export |async )*function\b|import .*from "
        r"|.*require\(|.*=> ?\{",
    ),
    _grammar(
        "ruby",
        "ruby rb",
        r"require(?:_relative)? ['\"]|def (?:self\.)?\w+[^:\n]*$|end$|module [A-Z]",
    ),
)


def grammar_of(text: str, language: str | None) -> Grammar | None:
    """The grammar of a language by its name or file suffix, or else by a look at the text.

    Returns:
        None if the language is none of those known here, or the text tells of none.
    """
    if language is not None:
        name = language.strip().lower().lstrip(".")
        return next((grammar for grammar in _GRAMMARS if name in grammar.names), None)
    start = text[:_TELLING]
    told = [(sum(1 for _ in g.telltale.finditer(start)), g) for g in _GRAMMARS]
    best = max(told, key=lambda grammar: grammar[0])
    return best[1] if best[0] > 1 else None


def statements(text: str, grammar: Grammar) -> Iterator[tuple[int, Sequence[Any]]]:
    """The outermost nodes of a text, window by window, each with the place of its window.

    Yields nothing if the grammar is not installed, and no more once a parser had to be stopped.
    """
    language = language_of(grammar)
    if language is None:
        return
    # Only places matter: one byte for each character makes those of the parser our own.
    source = _OTHER.sub(" ", _LETTER.sub("x", text)).encode()
    at = 0
    while at < len(source):
        end = min(at + _WINDOW, len(source))
        nodes = _parsed(language, source[at:end])
        if nodes is None:
            return
        yield at, nodes
        at = at + _complete(nodes) if end < len(source) else end


def _complete(nodes: Sequence[Any]) -> int:
    """How much of a window to be done with: all before its last node, which may go on behind it.

    If that is too little, all before the last within that node, with what is told of it.
    """
    while nodes:
        begun = len(nodes) - 1
        while begun and "comment" in nodes[begun - 1].type:
            begun -= 1
        if nodes[begun].start_byte >= _WINDOW // 2:
            return int(nodes[begun].start_byte)
        nodes = nodes[-1].children
    return _WINDOW


def _parsed(language: Any, source: bytes) -> Sequence[Any] | None:
    """The outermost nodes; None if the parser needs more steps, or looks back more, than for code.

    It reads again wherever it goes back. Each time, tree-sitter 0.26 loses the view it is given,
    a hundred bytes, but not what the view shows.
    """
    from tree_sitter import Parser

    view = memoryview(source)
    reads = steps = 0

    def read(at: int, _: object) -> memoryview:
        nonlocal reads
        reads += 1
        return view[at:] if reads <= _MOST_READS else view[:0]

    def too_many(at: int, _: bool) -> bool:  # noqa: FBT001, as tree-sitter calls it
        nonlocal steps
        steps += 1
        return steps > _STEPS + at / _CHARS_PER_STEP

    try:
        tree = Parser(language).parse(read, progress_callback=too_many)
    except ValueError:
        return None
    return tree.root_node.children if reads <= _MOST_READS else None


@lru_cache(maxsize=len(_GRAMMARS))
def language_of(grammar: Grammar) -> Any:
    """What a parser is made with, or None without the packages it takes."""
    try:
        tree_sitter, package = import_module("tree_sitter"), import_module(grammar.module)
    except ImportError:
        return None
    return tree_sitter.Language(getattr(package, grammar.function)())
