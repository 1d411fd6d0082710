"""A small benchmark, and its table as tests read it."""

from tests.bench.made import jsonl

LINES = [
    {
        "id": "staff",
        "path": "plants.txt",
        "question": "How many people does the plant in Brno employ?",
        "answer": "412",
        "evidence": ["The plant in Brno employs 412 people."],
    },
    {
        "id": "chief",
        "path": "plants.txt",
        "question": "Who is the chief medical officer?",
        "answer": None,
    },
]


def asked_in(folder):
    """A file of questions, and the document they ask of."""
    (folder / "plants.txt").write_text("The plant in Brno employs 412 people.\n")
    return jsonl(folder / "asked.jsonl", *LINES)


def table(output):
    """The rows of the table, by contender."""
    rows = [line.strip("| ").split(" | ") for line in output.splitlines() if line[:1] == "|"]
    return {row[0]: row for row in rows[2:]}
