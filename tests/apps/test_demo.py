"""The made-up report: the same for a seed, long enough, consistent, and true to its facts."""

import random
import re

import pytest

from minions_core.demo import annual_report, main
from minions_core.demo.compose import compose
from minions_core.demo.figures import YEARS, draw
from minions_core.tokens import token_counter

SEEDS = [1, 7, 23]


def figures_of(seed):
    return draw(random.Random(seed))  # noqa: S311 - figures to play with


@pytest.fixture(scope="module", params=SEEDS, ids=lambda seed: f"seed {seed}")
def report(request):
    return annual_report(request.param)


@pytest.fixture(scope="module", params=SEEDS, ids=lambda seed: f"seed {seed}")
def lines(request):
    return figures_of(request.param).lines


def test_a_seed_gives_the_same_report_every_time():
    assert annual_report(3) == annual_report(3)


def test_another_seed_gives_another_report():
    assert annual_report(3).text != annual_report(4).text


def test_it_is_a_long_document(report):
    assert len(report.text) >= 100_000


def test_it_is_more_than_thirty_thousand_tokens(report):
    assert 28_000 < token_counter("gpt-3.5-turbo")(report.text) < 45_000


def test_it_has_pages_of_readable_length(report):
    pages = report.text.split("\f")
    assert len(pages) > 40
    assert max(map(len, pages)) < 8_000


def test_no_mark_of_a_template_is_left(report):
    assert not re.search(r"[{}]|\[\[|\]\]|<<|>>|@table|@insert|====", report.text)


def test_no_paragraph_of_prose_stands_there_twice(report):
    paragraphs = [part for part in re.split(r"[\n\f]+", report.text) if len(part) > 200]
    assert len(paragraphs) == len(set(paragraphs))


def test_there_are_enough_facts(report):
    assert len(report.facts) >= 12


def test_every_piece_of_evidence_stands_in_the_report_exactly_once(report):
    evidence = [place for fact in report.facts.values() for place in fact.evidence]
    assert [report.text.count(place) for place in evidence] == [1] * len(evidence)


def test_every_fact_has_evidence_that_holds_its_figure(report):
    assert all(
        fact.evidence and all(fact.figure in place for place in fact.evidence)
        for fact in report.facts.values()
    )


def test_every_answer_holds_its_figure(report):
    assert all(fact.figure in fact.answer for fact in report.facts.values())


def test_capital_expenditure_has_near_misses(report):
    figure = report.facts["capital_expenditure"].figure
    sentences = re.findall(
        r"[^.\n]*(?:capital expenditure|budget)[^.\n]*", report.text, re.IGNORECASE
    )
    others = [sentence for sentence in sentences if re.search(r"\d{3}", sentence)]
    assert len([sentence for sentence in others if figure not in sentence]) >= 3


def test_the_document_knows_its_pages(report):
    document = report.document
    place = document.text.index(report.facts["capital_expenditure"].evidence[0])
    assert document.page_at(place) == 1 + document.text.count("\f", 0, place)


def test_assets_equal_liabilities_and_equity(lines):
    sums = [lines["total_liabilities"][year] + lines["equity"][year] for year in YEARS]
    assert sums == [lines["total_assets"][year] for year in YEARS]


def test_the_income_statement_adds_up(lines):
    parts = ("gross_profit", "sga", "research", "amortization", "restructuring")
    gross, *costs = ([lines[name][year] for year in YEARS] for name in parts)
    operating = [profit - sum(spent) for profit, *spent in zip(gross, *costs, strict=True)]
    assert operating == [lines["operating_income"][year] for year in YEARS]


def test_cash_at_the_end_of_a_year_is_what_flowed_in_and_out(lines):
    flows = ("operations", "investing", "financing", "fx")
    ends = [
        lines["cash"][year - 1] + sum(lines[name][year] for name in flows) for year in YEARS[1:]
    ]
    assert ends == [lines["cash"][year] for year in YEARS[1:]]


def test_no_figure_that_must_be_positive_is_negative(lines):
    names = ("cash", "equity", "debt", "long_term_debt", "net_income", "ppe", "intangibles", "sga")
    assert min(lines[name][year] for name in names for year in YEARS) > 0


@pytest.mark.parametrize("name", ["revenue", "capex", "depreciation", "employees", "backlog"])
def test_the_segments_and_the_head_office_make_up_the_group(name):
    head_office = {
        "capex": "corporate_capex",
        "depreciation": "corporate_depreciation",
        "employees": "corporate_staff",
    }
    figures = figures_of(7)
    rest = figures.lines.get(head_office.get(name, ""), dict.fromkeys(YEARS, 0))
    sums = [
        sum(getattr(part, name)[year] for part in figures.segments) + rest[year] for year in YEARS
    ]
    assert sums == [figures.lines[name][year] for year in YEARS]


def test_regions_make_up_revenue():
    figures = figures_of(7)
    sums = [sum(part[year] for part in figures.regions.values()) for year in YEARS]
    assert sums == [figures.lines["revenue"][year] for year in YEARS]


def rows_of(text, first, last):
    """Labels and figures of the rows from the one labelled `first` to the one labelled `last`."""
    table = text[text.index(f"\n{first}  ") : text.index(f"\n{last}  ", text.index(first))]
    found = re.findall(r"^(.+?)\s{2,}(\(?[\d,.]+\)?)", table, re.MULTILINE)
    return [
        -float(figure.strip("()").replace(",", ""))
        if "(" in figure
        else float(figure.replace(",", ""))
        for _, figure in found
    ]


def test_the_printed_investing_cash_flows_add_up(report):
    text = report.text[report.text.index("INVESTING ACTIVITIES\n") :]
    flows = rows_of(text, "Capital expenditure", "Net cash used in investing activities")
    total = re.search(r"Net cash used in investing activities\s+\(([\d,]+)\)", text)
    assert -sum(flows) == float(total[1].replace(",", ""))


def test_the_printed_quarters_add_up(report):
    row = re.search(r"Q4\s+Year\nRevenue\s+(.+)", report.text)[1]
    *quarters, year = (int(figure.replace(",", "")) for figure in row.split())
    assert sum(quarters) == year


def test_prose_and_statement_agree_on_capital_expenditure(report):
    sentence, statement, *_ = report.facts["capital_expenditure"].evidence
    assert re.search(r"\$([\d,]+) million", sentence)[1] == re.search(r"\(([\d,]+)\)", statement)[1]


def test_the_report_says_that_it_is_made_up(report):
    assert "are made up" in report.text[:1000]


def test_a_fact_marked_in_a_template_is_one_that_is_asked_for():
    writer, _ = compose(random.Random(7))  # noqa: S311 - a report to play with
    marked = {name for name in writer.marked if "." not in name}
    assert marked == marked & set(annual_report(7).facts)


def test_the_command_writes_the_report(tmp_path):
    main(["--seed", "5", "--out", str(tmp_path / "report.txt")])
    assert (tmp_path / "report.txt").read_text("utf-8") == annual_report(5).text


def test_a_fact_cannot_be_changed():
    with pytest.raises(AttributeError):
        annual_report(7).facts["ceo"].answer = "nobody"
