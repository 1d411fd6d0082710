"""The details around the figures: names, dates, sums that stand in one sentence only."""

from __future__ import annotations

import random
from typing import Any

from minions_core.demo import names
from minions_core.demo.figures import LATEST, YEARS, Figures, Series, split
from minions_core.demo.tables import amount, grid, region_grid, segment_grid

Drawn = dict[str, Any]


def details(rng: random.Random, figures: Figures) -> Drawn:
    """Every slot that all templates share."""
    lines: Drawn = dict(figures.lines)
    lines |= {f"{part.profile.key}_capex": part.capex for part in figures.segments}
    drawn = lines | _derived(figures.lines) | _names(rng) | _sums(rng, figures.lines) | _dates(rng)
    return drawn | _blocks(rng, figures) | _anew(rng, drawn)


def _derived(lines: dict[str, Series]) -> Drawn:
    def change(name: str, sign: int) -> Series:
        series = lines[name]
        return Series({year: sign * (series[year] - series[year - 1]) for year in YEARS[1:]})

    others = (change("other_liabilities", 1), change("other_assets", -1))
    return {
        "change_receivables": change("receivables", -1),
        "change_inventories": change("inventories", -1),
        "change_payables": change("payables", 1),
        "change_accrued": change("accrued", 1),
        "change_other": Series({year: others[0][year] + others[1][year] for year in YEARS[1:]}),
        "opening_cash": Series({year: lines["cash"][year - 1] for year in YEARS[1:]}),
        "opening_equity": Series({year: lines["equity"][year - 1] for year in YEARS[1:]}),
        "research_share": lines["research"].of(lines["revenue"]),
        "goodwill_share": lines["goodwill"].of(lines["total_assets"]),
    }


def _names(rng: random.Random) -> Drawn:
    company = rng.choice(names.COMPANIES)
    cities = [rng.choice(names.CITIES[:6]), *rng.sample(names.CITIES[6:], 4)]
    target, bought = rng.sample(names.TARGETS, 2)
    roles = ("ceo", "cfo", "former_ceo", "chair", "counsel", "operations_head", "people_head")
    directors = tuple(f"director_{letter}" for letter in "abcdefg")
    people = names.people(rng, len(roles) + len(directors))
    drawn = {
        "company": company,
        "ticker": company[:4].upper(),
        "target": target,
        "bought_2023": bought,
        "target_city": rng.choice(names.CITIES)[0],
        "auditor": rng.choice(names.AUDITORS),
    }
    drawn |= {f"city_{letter}": city for letter, (city, _) in zip("abcde", cities, strict=True)}
    drawn |= {
        f"brand_{letter}": segment.brand
        for letter, segment in zip("abcd", names.SEGMENTS, strict=True)
    }
    return drawn | dict(zip((*roles, *directors), people, strict=True))


_RANGES = {
    "pruned": (61, 94), "site_count": (44, 58), "top_ten": (19, 24), "web_share": (31, 44),
    "backlog_year": (71, 82), "supplier_share": (22, 29), "patents": (1610, 2290),
    "patents_pending": (310, 480), "temporary": (1105, 1690), "union_share": (37, 46),
    "women_share": (25, 30), "renewable": (41, 58), "delay_a": (80, 140), "projects": (61, 97),
    "cyber_cost": (3, 8), "fx_revenue": (370, 430), "fx_income": (38, 56), "tariff": (9, 17),
    "exit_cost": (4, 9), "pension_swing": (58, 92), "recall": (21_000, 64_000),
    "control_sum": (2, 5), "utilization": (73, 84), "idle_value": (5, 12), "offer": (11, 17),
    "gasket_claims": (2105, 3480), "gasket_new": (410, 590), "gasket_closed": (600, 790),
    "acquired_revenue": (38, 71), "write_down": (9, 18), "frameworks": (1150, 1480),
    "growth_capex": (44, 57), "commitments": (71, 128), "project_a": (31, 48),
    "project_b": (19, 29), "project_c": (14, 24), "letters": (41, 88), "estimate_a": (14, 23),
    "headroom": (14, 31), "copper": (5, 11), "restructuring_next": (20, 35),
    "project_share": (17, 23), "contract_liabilities": (210, 330), "bought_price": (96, 128),
    "bought_goodwill": (41, 59), "bought_small": (8, 19), "bought_revenue": (22, 37),
    "restructuring_left": (24, 39), "restructuring_staff": (410, 690), "raw_share": (33, 38),
    "progress_share": (21, 27), "construction": (120, 190), "unpaid": (28, 47),
    "brands": (140, 190), "amortization_next": (70, 82), "lease_cost": (71, 79),
    "lease_cost_before": (62, 70), "lease_liability": (231, 298), "spread": (90, 130),
    "interest_paid": (88, 110), "forwards": (410, 690), "copper_tonnes": (1700, 2600),
    "derivative_gain": (4, 13), "pension_obligation": (1410, 1690), "pension_assets": (1120, 1290),
    "pension_paid": (38, 52), "pension_next": (30, 37), "defined": (61, 79), "domestic": (51, 58),
    "deferred": (160, 210), "losses": (31, 52), "unrecognized": (18, 33), "tax_paid": (130, 170),
    "environment": (29, 44), "gasket_liability": (51, 77), "guarantees": (310, 420),
    "land": (3, 9), "related": (1, 4), "grants": (5, 12), "target_revenue": (88, 141),
    "target_staff": (390, 640), "deal_drawn": (100, 150), "bonus": (91, 118),
    "pay_ratio": (118, 171), "ceo_age": (50, 57), "former_pay": (2, 4), "settlement": (31, 48),
    "insured": (12, 21), "deal_price": (318, 472), "capex_saved": (21, 46), "more_capex": (18, 44),
    "board_size": (9, 9), "founded": (1887, 1928), "listed": (1961, 1979),
    "auditor_since": (2004, 2016), "suit_filed": (2017, 2019), "revenue_over": (-160, -40),
    "income_over": (-45, -12), "taken_back": (2, 4), "saved_water": (310, 460),
    "supplier_visits": (88, 140), "smelters": (81, 93), "attendance": (86, 92),
    "say_on_pay": (89, 96), "conduct": (96, 98), "reports": (214, 320), "reports_founded": (58, 81),
    "sold_receivables": (71, 118), "sold_receivables_before": (40, 69),
}  # fmt: skip
_DECIMALS = {
    "injury_rate": (0.7, 0.9), "injury_rate_before": (1.1, 1.4), "aftermarket": (44.1, 47.0),
    "aftermarket_before": (41.0, 43.9), "turnover": (6.8, 8.1), "turnover_before": (8.4, 9.9),
    "price_effect": (1.4, 2.3), "average_rate": (5.1, 6.2), "note_rate": (5.1, 5.9),
    "lease_term": (4.1, 6.3), "lease_rate": (3.9, 5.2), "pension_return": (7.1, 9.8),
    "unvested": (2.1, 3.9), "antidilutive": (0.2, 0.9), "insider": (0.8, 1.9),
    "bought_shares": (2.1, 3.4), "audit_fee": (7.6, 8.9), "audit_fee_before": (6.4, 7.4),
    "hedge_loss": (0.4, 2.1),
}  # fmt: skip


def _sums(rng: random.Random, lines: dict[str, Series]) -> Drawn:
    drawn: Drawn = {name: rng.randint(*ends) for name, ends in _RANGES.items()}
    drawn |= {name: round(rng.uniform(*ends), 1) for name, ends in _DECIMALS.items()}
    ebitda = sum(lines[name][LATEST] for name in ("operating_income", "depreciation"))
    shares = sorted(round(rng.uniform(6.2, 9.8), 1) for _ in range(2))
    bought = lines["buyback"][LATEST]
    special = lines["restructuring"][LATEST] + drawn["settlement"] - drawn["insured"]
    return drawn | {
        "capex_budget": lines["capex"][LATEST] + drawn["capex_saved"],
        "capex_budget_next": lines["capex"][LATEST] + drawn["more_capex"] + 50,
        "revenue_plan": lines["revenue"][LATEST] + drawn["revenue_over"],
        "income_plan": lines["operating_income"][LATEST] + drawn["income_over"],
        "leverage": round(lines["debt"][LATEST] / ebitda, 2),
        "covenant": 3.5,
        "customer_share": Series({LATEST - 1: shares[0], LATEST: round(shares[1] + 0.4, 1)}),
        "adjusted_eps": lines["eps"][LATEST] + 0.77 * special / lines["shares"][LATEST],
        "next_dividend": lines["dps"][LATEST] / 4 + 0.02,
        "bought_shares": round(bought / 45.6, 1),
        "buyback_left": 750 - sum(lines["buyback"][year] for year in YEARS[2:]),
        "debt_fair": round(lines["debt"][LATEST] * 0.97),
        "facility": rng.randrange(900, 1500, 50),
        "facility_before": rng.randrange(600, 900, 50),
        "discount_us": rng.randint(505, 539) / 100,
        "discount_us_before": rng.randint(472, 498) / 100,
        "discount_de": rng.randint(331, 372) / 100,
        "discount_uk": rng.randint(441, 469) / 100,
        "dividend_streak": rng.randint(21, 29),
    }


def _dates(rng: random.Random) -> Drawn:
    return {
        "ceo_since": f"{rng.choice(names.MONTHS)} 1, 2022",
        "cfo_since": f"{rng.choice(names.MONTHS)} 2018",
        "incident_month": rng.choice(names.MONTHS),
        "settlement_date": f"August {rng.randint(3, 29)}, 2023",
        "cyber_date": f"November {rng.randint(3, 27)}, 2022",
        "facility_end": f"June {rng.randint(10, 29)}, 2028",
        "deal_signed": f"November {rng.randint(6, 28)}, 2023",
        "deal_closed": f"February {rng.randint(1, 8)}, 2024",
    }


def _anew(rng: random.Random, drawn: Drawn) -> Drawn:
    """Slots that are drawn at each mention."""
    used = {drawn[f"city_{letter}"] for letter in "abcde"}
    sites = [city for city, _ in names.CITIES if city not in used]
    return {
        "any_country": lambda: rng.choice(names.COUNTRIES),
        "any_component": lambda: rng.choice(names.COMPONENTS),
        "any_month": lambda: rng.choice(names.MONTHS),
        "any_site": lambda: rng.choice(sites),
        "any_segment": lambda: rng.choice(names.SEGMENTS).name,
        "recent_year": lambda: rng.choice(YEARS[:-1]),
        "weeks": lambda: rng.randint(3, 11),
        "project_budget": lambda: rng.randint(18, 39),
    }


def _blocks(rng: random.Random, figures: Figures) -> Drawn:
    years = (LATEST, LATEST - 1, LATEST - 2)
    grids = {
        "segment_revenue": segment_grid(figures, "revenue", years, None),
        "segment_income": segment_grid(figures, "operating_income", years, None),
        "segment_capex": segment_grid(figures, "capex", years, "corporate_capex"),
        "segment_depreciation": segment_grid(
            figures, "depreciation", years, "corporate_depreciation"
        ),
        "segment_assets": segment_grid(figures, "assets", years[:2], None),
    }
    return grids | {
        "regions": region_grid(figures),
        "sites": _sites(rng),
        "quarters": _quarters(rng, figures.lines),
        "maturities": _maturities(rng, figures.lines),
        "obligations": _obligations(rng, figures.lines),
        "warranties": _warranties(rng),
    }


def _sites(rng: random.Random) -> str:
    uses = ("plant", "plant and offices", "service depot", "warehouse", "development centre")
    rows = [
        [f"{city}, {country}", segment.name, rng.choice(uses), f"{rng.randrange(22, 610):,}",
         rng.choice(("owned", "owned", "leased"))]
        for city, country in names.CITIES
        for segment in rng.sample(names.SEGMENTS, rng.choice((1, 1, 2)))
    ]  # fmt: skip
    return grid(["Site", "Segment", "Use", "Thousand square feet", "Held"], rows)


def _quarters(rng: random.Random, lines: dict[str, Series]) -> str:
    rows = [
        [label, *map(amount, split(rng, lines[name][LATEST], 4)), amount(lines[name][LATEST])]
        for label, name in (
            ("Revenue", "revenue"), ("Gross profit", "gross_profit"), ("Net income", "net_income"),
        )
    ]  # fmt: skip
    return grid(["2023, in millions of dollars", "Q1", "Q2", "Q3", "Q4", "Year"], rows)


def _due(rng: random.Random, lines: dict[str, Series]) -> list[float]:
    return [lines["current_debt"][LATEST], *split(rng, lines["long_term_debt"][LATEST], 5)]


def _maturities(rng: random.Random, lines: dict[str, Series]) -> str:
    due = zip(("2024", "2025", "2026", "2027", "2028", "Later"), _due(rng, lines), strict=True)
    rows = [[f"Notes and loans due in {year}", amount(sum_)] for year, sum_ in due]
    rows[-1][0] = "Notes and loans due later"
    return grid(
        ["Debt by year of repayment", "2023"],
        [*rows, ["Total debt", amount(lines["debt"][LATEST])]],
    )


def _obligations(rng: random.Random, lines: dict[str, Series]) -> str:
    rows: list[list[str]] = []
    for label, sum_ in (
        ("Notes and loans", lines["debt"][LATEST]),
        ("Interest on them", rng.randint(410, 520)),
        ("Leases", rng.randint(240, 310)),
        ("Purchases agreed", rng.randint(380, 560)),
        ("Pension contributions agreed", rng.randint(60, 110)),
    ):
        rows.append([label, *map(amount, split(rng, sum_, 3)), amount(sum_)])
    return grid(["In millions of dollars", "Within 1 yr", "1 to 3 yrs", "Later", "Total"], rows)


def _warranties(rng: random.Random) -> str:
    opening, added, used = rng.randint(70, 84), rng.randint(40, 52), rng.randint(38, 47)
    rows = [
        ["Provision at beginning of year", amount(opening)],
        ["Warranties issued", amount(added)],
        ["Claims settled", amount(-used)],
        ["Provision at end of year", amount(opening + added - used)],
    ]
    return grid(["In millions of dollars", "2023"], rows)
