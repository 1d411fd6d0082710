import sys
import textwrap

import pytest

from minions_core.chunking import chunk_by_code
from minions_core.chunking.grammars import grammar_of, language_of
from minions_core.documents import Span
from tests.core.cutting import parts

CODE = textwrap.dedent('''
    """A module."""

    import os

    LIMIT = 3

    # What it does.
    @cached
    def first(x):
        return x + LIMIT

    async def second():

        await first(1)

    class Third:
        kind = "class"

        def method(self):
            return os.name

        async def other(self):
            return "\\\\d"
    ''')
DEFINITIONS = [
    "# What it does.\n@cached\ndef first(x):\n    return x + LIMIT",
    "async def second():\n\n    await first(1)",
]


@pytest.mark.parametrize("definition", DEFINITIONS, ids=["decorated", "async"])
def test_definitions_that_fit_are_chunks_of_their_own_if_no_two_fit(definition):
    assert definition in parts(CODE, chunk_by_code(CODE, 62))


def test_a_class_that_fits_is_kept_whole():
    assert any(part.startswith("class Third") for part in parts(CODE, chunk_by_code(CODE, 150)))


def test_methods_of_a_class_that_does_not_fit_are_kept_whole():
    chunks = parts(CODE, chunk_by_code(CODE, 70))
    assert "    def method(self):\n        return os.name" in chunks


def test_code_at_module_level_is_kept():
    assert "import os\n\nLIMIT = 3" in "".join(parts(CODE, chunk_by_code(CODE, 62)))


def test_small_definitions_share_a_chunk():
    assert len(chunk_by_code(CODE, 3000)) == 1


def test_other_code_is_cut_at_blank_lines_before_unindented_ones():
    code = "function a() {\n  one();\n\n  two();\n}\n\nfunction b() {\n  three();\n\n  four();\n}\n"
    assert [part[:12] for part in parts(code, chunk_by_code(code, 45))] == [
        "function a()",
        "function b()",
    ]


def test_odd_escapes_in_parsed_code_warn_nobody(recwarn):
    assert chunk_by_code('PATTERN = "\\d"\n') == [Span(0, 14)]
    assert not recwarn


LONG_ENOUGH = 130
SOURCES = {
    "javascript": (
        (
            "import fs from 'fs'\n\n// Adds.\nfunction add(a, b) {\n\n  return a + b\n}\n"
            "const sub = (a, b) => {\n\n  return a - b\n}\n"
            "class Box {\n  open() {\n\n    return 1\n  }\n}\n"
        ),
        ["// Adds.\nfunction add(a, b) {\n\n  return a + b\n}", "class Box {"],
    ),
    "typescript": (
        (
            "interface Point {\n\n  x: number\n  y: number\n}\n"
            "export type Name = {\n\n  first: string\n}\n"
            "function area(p: Point): number {\n\n  return p.x * p.y\n}\nenum Way {\n\n  Up,\n}\n"
        ),
        ["interface Point {\n\n  x: number", "function area(p: Point): number {\n\n  return"],
    ),
    "java": (
        (
            "import java.util.List;\n\n/** A box. */\npublic class Box {\n\n  int size;\n}\n"
            "class Lid {\n\n  // Opens it.\n  void open() {\n\n    shut = false;\n  }\n}\n"
        ),
        ["/** A box. */\npublic class Box {\n\n  int size;\n}", "class Lid {\n\n  // Opens"],
    ),
    "go": (
        (
            'package main\n\nimport "fmt"\n\n'
            "// Add adds.\nfunc Add(a, b int) int {\n\n\treturn a + b\n}\n"
            "func main() {\n\n\tfmt.Println(Add(1, 2))\n}\ntype Box struct {\n\n\tsize int\n}\n"
        ),
        ["// Add adds.\nfunc Add(a, b int) int {\n\n\treturn a + b\n}", "type Box struct {\n\n"],
    ),
    "rust": (
        (
            "use std::fmt;\n\n/// Adds.\npub fn add(a: i32, b: i32) -> i32 {\n\n    a + b\n}\n"
            "impl Bag {\n\n    fn open(&self) -> bool {\n\n        true\n    }\n}\n"
            "mod tests {\n\n}\n"
        ),
        [
            "/// Adds.\npub fn add(a: i32, b: i32) -> i32 {\n\n    a + b\n}",
            "impl Bag {\n\n    fn open",
        ],
    ),
    "c": (
        (
            "#include <stdio.h>\n#define SIZE 3\n\n"
            "/* Adds. */\nint add(int a, int b) {\n\n  return a + b;\n}\n"
            "static int sub(int a, int b) {\n\n  return a - b;\n}\n"
            "int main(void) {\n\n  return 0;\n}\n"
        ),
        [
            "/* Adds. */\nint add(int a, int b) {\n\n  return a + b;\n}",
            "int main(void) {\n\n  return",
        ],
    ),
    "c++": (
        (
            "#include <vector>\n\nnamespace box {\n\nusing std::vector;\n}\n"
            "template <class T>\nT add(T a, T b) {\n\n  return a + b;\n}\n"
            "class Box {\npublic:\n\n  int size() const {\n\n    return 1;\n  }\n};\n"
        ),
        ["template <class T>\nT add(T a, T b) {\n\n  return a + b;\n}", "class Box {\npublic:\n\n"],
    ),
    "c#": (
        (
            "using System;\n\nnamespace Boxes;\n\n"
            "// A box.\npublic class Box {\n\n  int Size { get; set; }\n}\n"
            "class Lid {\n\n  void Open() {\n\n    shut = false;\n  }\n}\n"
        ),
        ["// A box.\npublic class Box {\n\n  int Size { get; set; }\n}", "class Lid {\n\n  void"],
    ),
    "ruby": (
        (
            "require 'json'\n\n# Adds.\ndef add(a, b)\n\n  a + b\nend\n"
            "class Box\n\n  def open\n\n    true\n  end\nend\nmodule Lids\n\n  SIZE = 3\nend\n"
        ),
        [
            "# Adds.\ndef add(a, b)\n\n  a + b\nend",
            "class Box\n\n  def open\n\n    true\n  end\nend",
        ],
    ),
    "php": (
        (
            "<?php\n$start = 1;\n\n// Adds.\nfunction add($a, $b) {\n\n  return $a + $b;\n}\n"
            "class Box {\n\n  public function open() {\n\n    return true;\n  }\n}\n"
        ),
        ["// Adds.\nfunction add($a, $b) {\n\n  return $a + $b;\n}", "class Box {\n\n  public"],
    ),
}
languages = pytest.mark.parametrize(
    ("name", "source", "wanted"),
    [(name, source, wanted) for name, (source, wanted) in SOURCES.items()],
    ids=SOURCES,
)


def whole(wanted, chunks):
    """How many of the wanted pieces stand whole in some chunk."""
    return sum(any(piece in chunk for chunk in chunks) for piece in wanted)


@languages
def test_definitions_stay_whole_with_their_comments(name, source, wanted):
    assert whole(wanted, parts(source, chunk_by_code(source, LONG_ENOUGH, name))) == len(wanted)


@languages
def test_the_language_is_guessed(name, source, wanted):
    named = chunk_by_code(source, LONG_ENOUGH, name)
    assert chunk_by_code(source, LONG_ENOUGH) == named
    assert grammar_of(source, None) == grammar_of(source, name)


@pytest.mark.parametrize("name", ["js", ".js", "javascript", "JavaScript", " .JS "])
def test_a_language_is_known_by_its_name_and_its_suffix(name):
    assert grammar_of("", name) == grammar_of("", "javascript") is not None


@pytest.mark.parametrize("name", ["python", ".py", "Python"])
def test_python_is_known_by_its_name_and_its_suffix(name):
    assert chunk_by_code(CODE, 62, name) == chunk_by_code(CODE, 62)


@pytest.mark.parametrize("name", ["cobol", "", "py"])
def test_a_language_that_is_not_known_or_not_that_of_the_text_is_cut_at_blank_lines(name):
    source = SOURCES["javascript"][0]
    assert parts(source, chunk_by_code(source, 60, name))[1].startswith("// Adds.")


@pytest.mark.parametrize(
    "text",
    ["", "He came to the end. It was late.\n" * 9, "Item | 2022 | 2023\nCash | 10 | 20\n" * 9],
    ids=["nothing", "prose", "table"],
)
def test_text_that_is_no_code_tells_of_no_language(text):
    assert grammar_of(text, None) is None


def test_letters_of_other_scripts_move_no_place():
    source = SOURCES["go"][0].replace("adds", "fügt 漢字 zusammen 🎒")
    wanted = "// Add fügt 漢字 zusammen 🎒.\nfunc Add(a, b int) int {\n\n\treturn a + b\n}"
    assert whole([wanted], parts(source, chunk_by_code(source, 100, "go"))) == 1


def test_most_methods_of_a_very_long_class_stay_whole():
    method = "  open{}() {{\n\n    if (this.shut) {{\n\n      return {}\n    }}\n  }}\n"
    methods = [method.format(number, number) for number in range(900)]
    source = "class Box {\n" + "".join(methods) + "}\n"
    wanted = [method.rstrip("\n") for method in methods]
    cut_blind = whole(wanted, parts(source, chunk_by_code(source, 300, "cobol")))
    assert whole(wanted, parts(source, chunk_by_code(source, 300, "js"))) > cut_blind + 100


def test_without_the_packages_code_is_cut_at_blank_lines(monkeypatch):
    source = SOURCES["javascript"][0]
    blank = chunk_by_code(source, 60, "cobol")
    assert chunk_by_code(source, 60, "js") != blank
    monkeypatch.setitem(sys.modules, "tree_sitter", None)
    language_of.cache_clear()
    assert chunk_by_code(source, 60, "js") == blank
    language_of.cache_clear()


def test_more_code_than_is_parsed_is_cut_at_blank_lines():
    source = "function f() {\n\n  one()\n}\n" * 20_000
    assert chunk_by_code(source, 60, "js") == chunk_by_code(source, 60, "cobol")
