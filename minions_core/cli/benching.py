"""`minions bench`: whether it pays, on your own questions."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from minions_core.bench import (
    FILE_NAME,
    NAMES,
    SAMPLE,
    Bench,
    Done,
    Judge,
    Models,
    Name,
    Options,
    Prices,
    Question,
    Records,
    Report,
    Setup,
    alone_in,
    contenders,
    is_served_here,
    read_dataset,
    write_sample,
)
from minions_core.bench.report import markdown_table
from minions_core.cli.bench_options import (
    AtOnceOption,
    DatasetArgument,
    FreshOption,
    JsonOption,
    JudgeOption,
    LimitOption,
    OutOption,
    ProtocolsOption,
    QuietOption,
    SpendOption,
    TopOption,
)
from minions_core.cli.naming import check_models, named_model
from minions_core.cli.options import (
    DebugOption,
    LocalOption,
    PriceOption,
    PrivacyOption,
    RedactOption,
    RemoteOption,
    RoundsOption,
)
from minions_core.cli.screen.words import clean, one_line
from minions_core.cli.settings_file import ConfigOption
from minions_core.cli.telling import WrongUsage
from minions_core.clients.specs import model_from_spec
from minions_core.errors import MinionsError, MissingExtra
from minions_core.failures import masked
from minions_core.redaction import PatternRedactor
from minions_core.tokens import token_counter

_MOST_ANSWER = 60
_WIDE = 110
_SENDING: frozenset[Name] = frozenset({"remote", "bm25"})
_STEPS = "{task.description}"
_EVERYBODY = ",".join(NAMES)


def bench(  # noqa: PLR0913 - one for each option of the command
    *,
    dataset: DatasetArgument,
    local: LocalOption = "ollama:llama3.2",
    remote: RemoteOption = "openai:gpt-4o",
    protocols: ProtocolsOption = _EVERYBODY,
    out: OutOption = None,
    limit: LimitOption = None,
    top_k: TopOption = 8,
    max_rounds: RoundsOption = 3,
    privacy: PrivacyOption = "quotes",
    redact: RedactOption = False,
    judge: JudgeOption = None,
    price_as: PriceOption = None,
    max_cost: SpendOption = None,
    at_once: AtOnceOption = 1,
    fresh: FreshOption = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
    debug: DebugOption = False,
    config: ConfigOption = None,
) -> None:
    """Ask your own questions in five ways: what does each cost, and how right is it?

    What is done is kept: the same command goes on where it stopped.
    """
    del debug, config  # were read before
    setup = Setup(
        dataset=dataset,
        local=masked(local),
        remote=masked(remote),
        top_k=top_k,
        max_rounds=max_rounds,
        price_as=price_as,
        judge=judge and masked(judge),
    )
    check_models({"--local": local, "--remote": remote} | ({"--judge": judge} if judge else {}))
    names, marking, models = _names(protocols), _judge(judge), _models(local, remote)
    if redact or privacy == "answers":
        _refuse_leaks(names, marking)
    # Beside the questions, as those of another folder may have the same name.
    folder = out or Path(dataset).parent / f"{Path(dataset).stem}-bench"
    questions = _questions(dataset, folder)[:limit]
    options = Options(
        top_k=top_k,
        max_rounds=max_rounds,
        privacy=privacy,
        redactor=PatternRedactor() if redact else None,
    )
    with alone_in(folder):
        work = Bench(
            questions=questions,
            contenders=contenders(names, models, options, questions),
            records=Records(folder / FILE_NAME, fresh=fresh),
            prices=_prices(setup, models, marking),
            judge=marking,
            at_once=at_once,
            max_cost=max_cost,
            count=token_counter(price_as or models.remote.name),
        )
        _run(work, setup, folder, quiet=quiet or as_json, as_json=as_json)


def _models(local: str, remote: str) -> Models:
    return Models(
        local=named_model(local, "local"),
        remote=named_model(remote, "remote"),
        local_spec=masked(local),
        remote_spec=masked(remote),
    )


def _judge(spec: str | None) -> Judge | None:
    """The judge, which may not be the remote model and is not given its key."""
    return Judge(model_from_spec(spec, "remote"), masked(spec)) if spec else None


def _prices(setup: Setup, models: Models, marking: Judge | None) -> Prices:
    return Prices(
        remote=models.remote.name,
        price_as=setup.price_as,
        judge=marking.model.name if marking else None,
    )


def _run(work: Bench, setup: Setup, folder: Path, *, quiet: bool, as_json: bool) -> None:
    """Run as far as it goes, and tell of what there is then.

    Raises:
        MinionsError: it broke off.
        KeyboardInterrupt: it was stopped.
    """
    try:
        with _watching(work, quiet=quiet):
            work.run()
    except (MinionsError, KeyboardInterrupt):
        _conclude(Report(work, setup), folder, as_json=as_json)
        typer.echo(f"What is done is kept in {folder}: the same command goes on.", err=True)
        raise
    _conclude(Report(work, setup), folder, as_json=as_json)


@contextmanager
def _watching(work: Bench, *, quiet: bool) -> Generator[None]:
    """Show how far it is: a bar on a terminal, lines elsewhere, on the stream of errors."""
    console = Console(stderr=True)
    if quiet:
        yield
    elif console.is_terminal:
        columns = (TextColumn(_STEPS), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True) as progress:
            total = len(work.questions) * len(work.contenders)
            bar = progress.add_task("starting", total=total)
            work.on_done = lambda done: progress.update(
                bar, completed=done.number, description=clean(done.record.contender)
            )
            yield
    else:
        work.on_done = lambda done: typer.echo(_line(done), err=True)
        yield


def _line(done: Done) -> str:
    record = done.record
    told = record.error or record.answer or record.ending
    known = ", known" if done.known else f", {record.seconds:.1f} s"
    said = one_line(told, _MOST_ANSWER)
    question = one_line(record.question, _MOST_ANSWER)
    return f"{done.number}/{done.of} {record.contender} {question}: {said}{known}"


def _conclude(report: Report, folder: Path, *, as_json: bool) -> None:
    """Write what there is, and print it."""
    report.write(folder)
    try:
        report.draw(folder)
    except MissingExtra as error:
        typer.echo(f"No chart was drawn: {error}", err=True)
    if as_json:
        typer.echo(report.to_json())
        return
    _print(report)
    typer.echo(f"Reports: {folder}")


def _print(report: Report) -> None:
    console = Console()
    if console.is_terminal:
        console.print(_laid_out(report, console.width))
    else:
        typer.echo("\n".join(markdown_table(report.headers, report.table)))
    for remark in report.remarks:
        console.print(clean(remark), markup=False, highlight=False, soft_wrap=True)


def _laid_out(report: Report, width: int) -> Table:
    """The table, a row for each contender, or a column for each where it would be too wide."""
    lines = [report.headers, *report.table]
    heads, *rows = lines if width >= _WIDE else zip(*lines, strict=True)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for number, head in enumerate(heads):
        table.add_column(Text(head), justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _questions(dataset: str, folder: Path) -> list[Question]:
    if dataset == SAMPLE and not Path(dataset).exists():
        return read_dataset(write_sample(folder / "sample"))
    return read_dataset(Path(dataset))


def _names(protocols: str) -> list[Name]:
    names = [name.strip() for name in protocols.split(",") if name.strip()]
    strange = [name for name in names if name not in NAMES]
    if strange or not names:
        said = f"{strange[0]!r} is none of" if strange else "name some of"
        raise WrongUsage(f"--protocols: {said} {', '.join(NAMES)}")
    return cast("list[Name]", names)


def _refuse_leaks(names: Sequence[Name], marking: Judge | None) -> None:
    """Refuse whoever is sent the documents' own words, for where those are to be kept back.

    Raises:
        WrongUsage: a contender, or a judge on another machine, would be.
    """
    leaks = [name for name in names if name in _SENDING]
    if leaks:
        raise WrongUsage(
            f"--privacy answers and --redact rule out {' and '.join(leaks)}, which send the text "
            "as it is: name the others in --protocols"
        )
    if marking and not is_served_here(marking.model):
        raise WrongUsage(
            f"--privacy answers and --redact rule out --judge {marking.spec}, which is sent the "
            "answers with nothing redacted: name a model that a server on this machine serves"
        )
