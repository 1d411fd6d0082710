"""The report, chapter by chapter."""

from __future__ import annotations

import random
from typing import Any

from minions_core.demo.details import details
from minions_core.demo.figures import Figures, draw
from minions_core.demo.names import CITIES, SEGMENTS
from minions_core.demo.schedules import compensation, fees, schedules
from minions_core.demo.writer import Writer, parts, template

_RISKS_PREFACE = """\
# Item 1A. Risk factors

Any of the following may keep us from reaching our goals. The order says nothing about how likely
or how grave they are, and risks that we do not know or think small today may turn out to matter.
"""
_SEGMENT_LINES = ("revenue", "operating_income", "margin", "depreciation", "assets", "backlog")
_TAILS_A_RISK = 7


def compose(rng: random.Random) -> tuple[Writer, dict[str, Any]]:
    """A written report, and the slots it was written with."""
    figures = draw(rng)
    slots = details(rng, figures)
    writer = Writer(rng, slots)
    writer.write(template("opening"))
    _business(writer, figures)
    _risks(rng, writer)
    writer.write(template("properties"))
    _discussion(writer, figures)
    for name in ("statements", "policies", "notes"):
        writer.write(template(name))
    writer.write(template("note_tables"), **schedules(rng, figures, slots))
    _sites(rng, writer)
    writer.write(template("people"))
    writer.write(template("governance"), fees=fees(rng, slots))
    _directors(rng, writer, slots)
    return writer, slots


def _business(writer: Writer, figures: Figures) -> None:
    writer.write(template("business"))
    several = zip(figures.segments, parts("launches"), parts("product_names"), strict=True)
    for segment, launch, products in several:
        share = segment.revenue.of(figures.lines["revenue"])
        words = {"p": segment.profile, "s": segment}
        writer.write(template("segment_business"), launch=launch, share=share, **words)
        for line in products.splitlines():
            product, buyers = line.split(" | ")
            writer.write(template("products"), product=product, buyers=buyers, **words)
    writer.write(template("business_rest"))


def _risks(rng: random.Random, writer: Writer) -> None:
    """Each risk has words of its own and ends in sentences that several risks share."""
    writer.write(_RISKS_PREFACE)
    tails: list[str] = []
    for risk in parts("risks"):
        title, words = risk.split("\n", 1)
        if len(tails) < _TAILS_A_RISK:
            tails = parts("risk_tails")
            rng.shuffle(tails)
        chosen = [tails.pop() for _ in range(_TAILS_A_RISK)]
        writer.write(f"## {title}\n\n{words}\n\n{' '.join(chosen)}")


def _discussion(writer: Writer, figures: Figures) -> None:
    writer.write(template("discussion"))
    for segment in figures.segments:
        lines = {name: getattr(segment, name) for name in _SEGMENT_LINES}
        writer.write(template("segment_results"), p=segment.profile, s=segment, **lines)
    for region, revenue in figures.regions.items():
        writer.write(template("regions"), region=region, r=revenue)
    writer.write(template("discussion_rest"))


def _sites(rng: random.Random, writer: Writer) -> None:
    writer.write(template("sustainability"))
    for city, country in CITIES:
        writer.write(
            template("site_reports"),
            city=city,
            country=country,
            segment=rng.choice(SEGMENTS).name,
            scrap=round(rng.uniform(1.1, 3.9), 1),
            scrap_before=round(rng.uniform(1.4, 4.4), 1),
            site_project=rng.uniform(0.4, 3.9),
            near_misses=rng.randint(12, 94),
        )


def _directors(rng: random.Random, writer: Writer, slots: dict[str, Any]) -> None:
    opening, rest = parts("directors")
    writer.write(opening)
    names = [slots["chair"], *(slots[f"director_{letter}"] for letter in "abcdefg")]
    lives = parts("biographies") * 2
    for name, life in zip(names, lives, strict=True):
        writer.write(life, name=name, age=rng.randint(49, 71), since=rng.randint(2009, 2021))
    writer.write(rest, compensation=compensation(rng, slots))
