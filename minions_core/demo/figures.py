"""A made-up company in figures that add up: five years of statements, drawn from one seed.

All amounts are millions of dollars unless a name says otherwise.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass

from minions_core.demo.names import GEOGRAPHY, SEGMENTS, SegmentProfile

YEARS = (2019, 2020, 2021, 2022, 2023)
LATEST = YEARS[-1]


class Series(dict[int, float]):
    """A figure by year; in a template `{revenue[2023]:,}`, `{revenue.moved}` and so on."""

    @property
    def moved(self) -> str:
        """Which way the latest year went."""
        return "rose" if self[LATEST] >= self[LATEST - 1] else "fell"

    @property
    def trend(self) -> str:
        """Which way the latest year went, as a noun."""
        return "increase" if self[LATEST] >= self[LATEST - 1] else "decrease"

    @property
    def percent(self) -> str:
        """How far the latest year went, in percent of the year before, without a sign."""
        return f"{abs(self[LATEST] / self[LATEST - 1] - 1) * 100:.1f}"

    @property
    def percent_before(self) -> str:
        """How far the year before went, in percent, signed."""
        return f"{(self[LATEST - 1] / self[LATEST - 2] - 1) * 100:+.1f}"

    @property
    def difference(self) -> float:
        """How far the latest year went, without a sign."""
        return abs(self[LATEST] - self[LATEST - 1])

    def of(self, whole: Series) -> Series:
        """This figure in percent of another, to one decimal."""
        return Series({year: round(self[year] / whole[year] * 100, 1) for year in self})


def total(parts: Iterable[Series]) -> Series:
    """The sum of several figures, year by year."""
    listed = list(parts)
    return Series({year: sum(part[year] for part in listed) for year in listed[0]})


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of the business: who it is, and its figures."""

    profile: SegmentProfile
    revenue: Series
    operating_income: Series
    margin: Series
    capex: Series
    depreciation: Series
    assets: Series
    backlog: Series
    employees: Series


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is counted: group lines by name, the segments, revenue by region."""

    lines: dict[str, Series]
    segments: tuple[Segment, ...]
    regions: dict[str, Series]


def draw(rng: random.Random) -> Figures:
    """The figures of one company."""
    segments = tuple(_segment(rng, profile) for profile in SEGMENTS)
    lines = _income(rng, segments)
    lines |= _investment(rng, segments, lines)
    _roll_forward(rng, lines)
    return Figures(lines, segments, _regions(rng, lines["revenue"]))


def _years(rng: random.Random, low: float, high: float, digits: int | None = None) -> Series:
    return Series({year: round(rng.uniform(low, high), digits) for year in YEARS})


def _share(rng: random.Random, whole: Series, low: float, high: float) -> Series:
    return Series({year: round(whole[year] * rng.uniform(low, high)) for year in YEARS})


def _minus(whole: Series, *parts: Series) -> Series:
    return Series({year: whole[year] - sum(part[year] for part in parts) for year in whole})


def _segment(rng: random.Random, profile: SegmentProfile) -> Segment:
    size = profile.size * rng.uniform(0.85, 1.15)
    revenue = Series()
    for year in YEARS:
        revenue[year] = round(size)
        size *= 1 + rng.uniform(-0.02, 0.11)
    income = _share(rng, revenue, profile.margin - 0.015, profile.margin + 0.015)
    return Segment(
        profile=profile,
        revenue=revenue,
        operating_income=income,
        margin=income.of(revenue),
        capex=_share(rng, revenue, 0.034, 0.061),
        depreciation=_share(rng, revenue, 0.029, 0.037),
        assets=_share(rng, revenue, 1.02, 1.11),
        backlog=_share(rng, revenue, 0.21, 0.46),
        employees=_share(rng, revenue, 3.95, 4.1),
    )


def _income(rng: random.Random, segments: tuple[Segment, ...]) -> dict[str, Series]:
    revenue = total(part.revenue for part in segments)
    segment_income = total(part.operating_income for part in segments)
    corporate, restructuring = _years(rng, 118, 156), _years(rng, 17, 64)
    operating = _minus(segment_income, corporate, restructuring)
    cogs = _share(rng, revenue, 0.598, 0.622)
    gross = _minus(revenue, cogs)
    research, amortization = _share(rng, revenue, 0.046, 0.054), _years(rng, 68, 94)
    interest, other = _years(rng, 84, 121), _years(rng, 6, 22)
    pretax = _minus(operating, interest, Series({year: -other[year] for year in YEARS}))
    tax = _share(rng, pretax, 0.208, 0.243)
    net = _minus(pretax, tax)
    return {
        "revenue": revenue,
        "cogs": cogs,
        "gross_profit": gross,
        "gross_margin": gross.of(revenue),
        "sga": _minus(gross, research, amortization, restructuring, operating),
        "research": research,
        "amortization": amortization,
        "restructuring": restructuring,
        "operating_income": operating,
        "operating_margin": operating.of(revenue),
        "segment_income": segment_income,
        "corporate": corporate,
        "interest": interest,
        "other_income": other,
        "pretax": pretax,
        "tax": tax,
        "tax_rate": tax.of(pretax),
        "net_income": net,
        **_per_share(rng, net),
    }


def _per_share(rng: random.Random, net: Series) -> dict[str, Series]:
    shares = Series({year: round(318 - 3.4 * i - rng.random(), 1) for i, year in enumerate(YEARS)})
    basic = Series({year: round(shares[year] - rng.uniform(1.8, 3.1), 1) for year in YEARS})
    dividend = Series({year: round(0.92 + 0.06 * i, 2) for i, year in enumerate(YEARS)})
    return {
        "shares": shares,
        "basic_shares": basic,
        "eps": Series({year: round(net[year] / shares[year], 2) for year in YEARS}),
        "basic_eps": Series({year: round(net[year] / basic[year], 2) for year in YEARS}),
        "dps": dividend,
        "dividends": Series({year: round(dividend[year] * basic[year]) for year in YEARS}),
    }


def _investment(
    rng: random.Random, segments: tuple[Segment, ...], lines: dict[str, Series]
) -> dict[str, Series]:
    corporate_capex, corporate_depreciation = _years(rng, 9, 24), _years(rng, 8, 15)
    staff = _years(rng, 410, 520)
    revenue = lines["revenue"]
    return {
        "corporate_capex": corporate_capex,
        "capex": total([*(part.capex for part in segments), corporate_capex]),
        "corporate_depreciation": corporate_depreciation,
        "depreciation": total([*(part.depreciation for part in segments), corporate_depreciation]),
        "corporate_staff": staff,
        "employees": total([*(part.employees for part in segments), staff]),
        "backlog": total(part.backlog for part in segments),
        "sbc": _years(rng, 38, 57),
        "acquisitions": _years(rng, 45, 260),
        "proceeds": _years(rng, 7, 31),
        "issued": _years(rng, 150, 420),
        "repaid": _years(rng, 180, 380),
        "buyback": _years(rng, 90, 240),
        "fx": _years(rng, -21, 18),
        "receivables": _share(rng, revenue, 0.162, 0.181),
        "inventories": _share(rng, revenue, 0.138, 0.159),
        "other_assets": _share(rng, revenue, 0.058, 0.071),
        "payables": _share(rng, revenue, 0.104, 0.119),
        "accrued": _share(rng, revenue, 0.081, 0.093),
        "other_liabilities": _share(rng, revenue, 0.068, 0.079),
        "current_debt": _years(rng, 120, 310),
    }


def _roll_forward(rng: random.Random, lines: dict[str, Series]) -> None:
    """Add cash, fixed assets, goodwill, debt and equity, each year grown out of the last one."""
    first, revenue = YEARS[0], lines["revenue"]
    for name, share in (("cash", 0.09), ("ppe", 0.31), ("goodwill", 0.42), ("debt", 0.34)):
        lines[name] = Series({first: round(revenue[first] * share * rng.uniform(0.92, 1.08))})
    lines["intangibles"] = Series({first: round(lines["goodwill"][first] * 0.48)})
    lines["equity"] = Series({first: _assets(lines, first) - _liabilities(lines, first)})
    for name in ("operations", "investing", "financing", "net_change"):
        lines[name] = Series()
    for year in YEARS[1:]:
        _roll_year(lines, year)
    lines["total_assets"] = Series({year: _assets(lines, year) for year in YEARS})
    lines["total_liabilities"] = Series({year: _liabilities(lines, year) for year in YEARS})
    lines["long_term_debt"] = _minus(lines["debt"], lines["current_debt"])
    lines["net_debt"] = _minus(lines["debt"], lines["cash"])
    lines["free_cash_flow"] = Series(
        {year: lines["operations"][year] - lines["capex"][year] for year in YEARS[1:]}
    )


_ASSETS = ("cash", "receivables", "inventories", "other_assets", "ppe", "goodwill", "intangibles")
_LIABILITIES = ("payables", "accrued", "other_liabilities", "debt")


def _assets(lines: dict[str, Series], year: int) -> float:
    return sum(lines[name][year] for name in _ASSETS)


def _liabilities(lines: dict[str, Series], year: int) -> float:
    return sum(lines[name][year] for name in _LIABILITIES)


def _roll_year(lines: dict[str, Series], year: int) -> None:
    flow = {name: series[year] for name, series in lines.items() if year in series}
    last = {name: lines[name][year - 1] for name in (*_ASSETS, *_LIABILITIES, "equity")}
    bought = round(flow["acquisitions"] * 0.6)
    grown = {name: flow[name] - last[name] for name in flow if name in last}
    operations = (
        sum(flow[name] for name in ("net_income", "depreciation", "amortization", "sbc"))
        + sum(grown[name] for name in ("payables", "accrued", "other_liabilities"))
        - sum(grown[name] for name in ("receivables", "inventories", "other_assets"))
    )
    investing = flow["proceeds"] - flow["capex"] - flow["acquisitions"]
    financing = flow["issued"] - flow["repaid"] - flow["dividends"] - flow["buyback"]
    change = operations + investing + financing + flow["fx"]
    retained = flow["net_income"] + flow["sbc"] - flow["dividends"] - flow["buyback"] + flow["fx"]
    new = {
        "operations": operations,
        "investing": investing,
        "financing": financing,
        "net_change": change,
        "cash": last["cash"] + change,
        "ppe": last["ppe"] + flow["capex"] - flow["depreciation"] - flow["proceeds"],
        "goodwill": last["goodwill"] + bought,
        "intangibles": last["intangibles"] + flow["acquisitions"] - bought - flow["amortization"],
        "debt": last["debt"] + flow["issued"] - flow["repaid"],
        "equity": last["equity"] + retained,
    }
    for name, value in new.items():
        lines[name][year] = value


def _regions(rng: random.Random, revenue: Series) -> dict[str, Series]:
    shares = {region: _share(rng, revenue, low, low + 0.03) for region, low in GEOGRAPHY.items()}
    return shares | {"Rest of the world": _minus(revenue, *shares.values())}


def split(rng: random.Random, whole: float, parts: int) -> list[float]:
    """A whole number cut into `parts` of nearly equal size that add up to it."""
    cuts = [round(whole / parts * rng.uniform(0.93, 1.06)) for _ in range(parts - 1)]
    return [*cuts, whole - sum(cuts)]
