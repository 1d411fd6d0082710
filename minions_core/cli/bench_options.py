"""The options of `minions bench` that no other command has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minions_core.bench import SAMPLE
from minions_core.cli.completing import complete_models

DatasetArgument = Annotated[
    str,
    typer.Argument(
        help='A JSON object on each line: "question"; "answer", a text, a list of texts any of '
        "which is right, or null where the documents do not tell; and "
        '"document", a text, or "path", a file, from the folder of DATASET. May have "evidence", a '
        f'list of the words that tell, and "id". `{SAMPLE}`: a dozen questions on made-up reports.'
    ),
]
ProtocolsOption = Annotated[
    str,
    typer.Option(
        "--protocols",
        help="Who is asked. remote: that model alone; the documents are sent to it whole. local: "
        "the local model alone. bm25: the remote model, with what a search finds. minion, minions: "
        "both models.",
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="Folder for what is done and the reports. [default: beside DATASET, DATASET-bench]",
    ),
]
LimitOption = Annotated[
    int | None, typer.Option("--limit", min=1, help="Ask the first so many questions alone.")
]
TopOption = Annotated[
    int, typer.Option("--top-k", min=1, help="Chunks of 1,000 characters for bm25.")
]
JudgeOption = Annotated[
    str | None,
    typer.Option(
        "--judge",
        help="Have this model mark the answers, too: it is sent question, right answers and "
        "answer, nothing redacted. With --redact or --privacy answers, a model served on this "
        "machine alone.",
        autocompletion=complete_models,
    ),
]
SpendOption = Annotated[
    float | None,
    typer.Option(
        "--max-cost",
        envvar="MINIONS_MAX_COST",
        min=0,
        help="Stop once this command has spent so many dollars, the judge's included where its "
        "price is known. So with the limit of a question in your settings.",
    ),
]
AtOnceOption = Annotated[
    int,
    typer.Option("--at-once", min=1, help="Questions at once; with more, seconds say less."),
]
FreshOption = Annotated[
    bool,
    typer.Option("--fresh/--resume", help="Begin anew; what was done is put aside, not deleted."),
]

QuietOption = Annotated[bool, typer.Option("--quiet/--no-quiet", help="Show no progress.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the report as JSON, nothing else.")]
