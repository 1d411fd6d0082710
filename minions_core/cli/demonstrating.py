"""`minions demo`: a made-up annual report, read by models that are none."""

from __future__ import annotations

from typing import Annotated

import typer

from minions_core.cli.asking import AsJson, Asker, configured
from minions_core.cli.options import (
    DebugOption,
    JsonOption,
    PriceOption,
    ProtocolOption,
    RoundsOption,
    Settings,
)
from minions_core.clients.specs import OFFLINE
from minions_core.demo import Report, annual_report

_FACT = "capital_expenditure"


def demo(
    *,
    question: Annotated[str | None, typer.Option(help="What to ask of the report.")] = None,
    seed: Annotated[int, typer.Option(help="Which made-up company reports.")] = 7,
    price_as: PriceOption = "gpt-4o",
    protocol: ProtocolOption = "minions",
    max_rounds: RoundsOption = 3,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Ask a made-up annual report, with no model and no network."""
    del debug
    settings = Settings(
        local=OFFLINE, remote=OFFLINE, price_as=price_as, protocol=protocol, max_rounds=max_rounds
    )
    report = annual_report(seed)
    asked = question or report.facts[_FACT].question
    asker = Asker(settings, configured(settings))
    if as_json:
        asker.ask(asked, [report.document], AsJson(indent=2))
        return
    screen = asker.screen()
    asker.ask(asked, [report.document], screen)
    screen.compare(*_known_answer(report, asked))


def _known_answer(report: Report, asked: str) -> tuple[str | None, list[str]]:
    """The true answer, if the question is one of the report's own, and others to try."""
    answers = {fact.question: fact.answer for fact in report.facts.values()}
    return answers.get(asked), [question for question in answers if question != asked]
