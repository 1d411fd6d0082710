"""The notebook, run. `python -m tests.docs.notebook` writes its outputs anew."""

import copy
import os
import re
import tempfile
from html.parser import HTMLParser
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from traitlets.config import Config

PATH = Path(__file__).parents[2] / "examples" / "minions.ipynb"

_SECONDS = 100  # for a cell
_FIGURE = re.compile(r"\d[\d.,]*")
_RICH = ("text/html", "image/png")


def committed() -> NotebookNode:
    """The notebook as it is in the repository."""
    return nbformat.read(PATH, as_version=4)


def executed(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """The same notebook, run from the top in a fresh kernel with `folder` as its own.

    Raises:
        CellExecutionError: a cell raised.
    """
    fresh = copy.deepcopy(notebook)
    with tempfile.TemporaryDirectory() as own:
        # Over files instead of ports, and with no settings of the user's.
        settings = {"transport": "ipc", "connection_file": f"{own}/kernel.json"}
        client = NotebookClient(
            fresh,
            config=Config({"ConnectionFileMixin": settings}),
            timeout=_SECONDS,
            coalesce_streams=True,
            record_timing=False,
            resources={"metadata": {"path": str(folder)}},
        )
        client.execute(env={**os.environ, "IPYTHONDIR": own})
    for cell in _code(fresh):
        for output in cell.outputs:
            data = output.get("data", {})
            if any(kind in data for kind in _RICH):  # the plain text is a long repr
                data.pop("text/plain", None)
    fresh.metadata.language_info = {"name": "python"}
    return fresh


def told(notebook: NotebookNode) -> dict[str, str]:
    """What each cell of code put out as text, pictures by their kind, by the cell's id."""
    return {cell.id: "\n".join(map(_words, cell.outputs)) for cell in _code(notebook)}


def comparable(told: dict[str, str]) -> dict[str, list[str]]:
    """What is the same on all machines: the lines, with a # for each number, in any order.

    How many tokens a text is depends on the vocabularies that are on a machine, prices on the list
    of the day, and jobs end in any order.
    """
    return {cell: sorted(_FIGURE.sub("#", text).splitlines()) for cell, text in told.items()}


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _words(output: NotebookNode) -> str:
    if output.output_type == "stream":
        return f"{output.name}: {output.text}"
    data = output.data
    if "text/html" in data:
        return _Text(data["text/html"]).text
    return " ".join(sorted(data)) if "image/png" in data else data["text/plain"]


class _Text(HTMLParser):
    """The text of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.feed(html)
        self.close()

    def handle_data(self, data: str) -> None:
        self.text += data + "\n"


if __name__ == "__main__":
    nbformat.write(executed(committed(), PATH.parent), PATH)
