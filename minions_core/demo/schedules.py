"""Tables whose rows are no yearly figures: projects, subsidiaries, loans, classes of assets."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from minions_core.demo.figures import LATEST, Figures, Series, split
from minions_core.demo.names import CITIES, SEGMENTS
from minions_core.demo.tables import amount, grid

_MILLIONS = "In millions of dollars"
_WORKS = (
    "furnace lining", "paint line", "test bench", "crane and track", "store for spare parts",
    "roof and heat pumps", "machining centre", "casting line", "clean room", "water treatment",
    "robot cell", "training workshop", "computing room", "loading yard",
)  # fmt: skip
_FORMS = ("Inc.", "LLC", "Ltd.", "GmbH", "S.A.", "B.V.", "Pty Ltd")


def schedules(rng: random.Random, figures: Figures, drawn: dict[str, Any]) -> dict[str, str]:
    """The schedules to the notes, ready to be inserted."""
    lines = figures.lines
    return {
        "restructuring_kinds": _parts_of(
            rng, lines["restructuring"], ("Severance", "Plant closures", "Product lines given up")
        ),
        "ppe_classes": _parts_of(
            rng, lines["ppe"], ("Land and buildings", "Machines", "Tools, computers and vehicles")
        ),
        "goodwill_segments": _parts_of(
            rng, lines["goodwill"], [segment.name for segment in SEGMENTS]
        ),
        "bonds": _bonds(rng, lines["debt"][LATEST]),
        "pension_assets_kinds": _pension_assets(rng, drawn["pension_assets"]),
        "share_plan": _share_plan(rng),
        "tax_bridge": _tax_bridge(rng, lines),
        "projects_list": _projects(rng),
        "subsidiaries": _subsidiaries(rng, drawn["company"]),
    }


def _parts_of(rng: random.Random, whole: Series, labels: Sequence[str]) -> str:
    years = (LATEST, LATEST - 1, LATEST - 2)
    columns = [[*split(rng, whole[year], len(labels)), whole[year]] for year in years]
    rows = [
        [label, *map(amount, figures)]
        for label, *figures in zip((*labels, "Total"), *columns, strict=True)
    ]
    return grid([_MILLIONS, *map(str, years)], rows)


def _bonds(rng: random.Random, debt: float) -> str:
    due = sorted(rng.sample(range(2024, 2040), 7))
    sums = split(rng, debt, len(due))
    rows = [
        [f"{rng.randrange(310, 610, 5) / 100:.2f}% notes due {year}", amount(sum_)]
        for year, sum_ in zip(due, sums, strict=True)
    ]
    return grid([_MILLIONS, "2023"], [*rows, ["Total debt", amount(debt)]])


def _pension_assets(rng: random.Random, whole: float) -> str:
    kinds = ("Shares", "Government bonds", "Company bonds", "Property", "Insurance contracts")
    sums = zip(kinds, split(rng, whole, len(kinds)), strict=True)
    rows = [[kind, amount(sum_)] for kind, sum_ in sums]
    return grid([_MILLIONS, "2023"], [*rows, ["Total plan assets", amount(whole)]])


def _share_plan(rng: random.Random) -> str:
    opening, granted, vested, lost = (
        rng.randint(*ends) for ends in ((2600, 3100), (900, 1200), (800, 1100), (60, 140))
    )
    rows = [
        ["Not vested at beginning of year", amount(opening)],
        ["Granted", amount(granted)],
        ["Vested", amount(-vested)],
        ["Lost when people left", amount(-lost)],
        ["Not vested at end of year", amount(opening + granted - vested - lost)],
    ]
    return grid(["In thousands of shares", "2023"], rows)


def _tax_bridge(rng: random.Random, lines: dict[str, Series]) -> str:
    federal = round(lines["pretax"][LATEST] * 0.21)
    states, abroad, credits_ = rng.randint(12, 19), rng.randint(8, 15), rng.randint(11, 18)
    other = lines["tax"][LATEST] - federal - states - abroad + credits_
    rows = [
        ["Tax at the federal rate of 21%", amount(federal)],
        ["State taxes", amount(states)],
        ["Rates abroad", amount(abroad)],
        ["Credits for research", amount(-credits_)],
        ["Other items", amount(other)],
        ["Income taxes", amount(lines["tax"][LATEST])],
    ]
    return grid([_MILLIONS, "2023"], rows)


def _projects(rng: random.Random) -> str:
    rows: list[list[str]] = []
    for city, _ in CITIES:
        for work in rng.sample(_WORKS, 2):
            approved = rng.uniform(2.1, 14.0)
            spent = approved * rng.uniform(0.2, 1.06)
            when = f"{rng.choice(('spring', 'autumn'))} {rng.choice((2023, 2024, 2025))}"
            rows.append([f"{city}, {work}", f"{approved:.1f}", f"{spent:.1f}", when])
    return grid(["Site and project", "Approved", "Spent", "Finished"], rows)


def _subsidiaries(rng: random.Random, company: str) -> str:
    first = company.split(maxsplit=1)[0]
    rows = [
        [f"{first} {segment.brand} {city} {rng.choice(_FORMS)}", country,
         rng.choice(("100%", "100%", "100%", "100%", "75%", "60%"))]
        for city, country in CITIES
        for segment in rng.sample(SEGMENTS, 2)
    ]  # fmt: skip
    return grid(["Company", "State or country", "Our share"], rows)


def fees(rng: random.Random, drawn: dict[str, Any]) -> str:
    """What the directors were paid."""
    rows: list[list[str]] = []
    for role in ("chair", *(f"director_{letter}" for letter in "abcdefg")):
        cash = 95 + (140 if role == "chair" else rng.choice((0, 0, 15, 20, 25)))
        rows.append([drawn[role], amount(cash), amount(150), amount(cash + 150)])
    return grid(["2023, in thousands of dollars", "Cash", "Shares", "Total"], rows)


def compensation(rng: random.Random, drawn: dict[str, Any]) -> str:
    """What the officers were paid."""
    rows: list[list[str]] = []
    for role, scale in (
        ("ceo", 1.0), ("cfo", 0.55), ("operations_head", 0.52), ("counsel", 0.4),
        ("people_head", 0.34),
    ):  # fmt: skip
        paid = [round(part * scale * rng.uniform(0.9, 1.1)) for part in (1150, 1690, 5400)]
        rows.append([drawn[role], *map(amount, paid), amount(sum(paid))])
    return grid(["2023, in thousands of dollars", "Salary", "Bonus", "Shares", "Total"], rows)
