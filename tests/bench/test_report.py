"""What a benchmark tells in the end."""

import json

import pytest

from minions_core.bench import Judge, Prices, Report
from minions_core.bench.report import markdown_table
from minions_core.charts import cost_quality
from minions_core.errors import ContextWindowExceeded, MissingExtra, ModelError, UsageError
from minions_core.testing import ScriptedModel
from tests.bench.made import Scripted, bench, contender, question
from tests.bench.reports import FOUR, HALF, RIGHT, SETUP, UNEVEN, WORSE_ON_ONE, reported


def summary(*contenders, **more):
    """Of the last contender."""
    return reported(*contenders, **more).summaries[-1]


def row(report):
    """The last row of the table, by its heads."""
    return dict(zip(report.headers, report.table[-1], strict=True))


def test_scores_are_averaged():
    assert summary(Scripted(HALF)).measures["exact"].mean == 0.5


def test_each_score_comes_with_an_interval():
    f1 = summary(Scripted(HALF)).measures["f1"]
    assert f1.mean == pytest.approx((0 + 2 / 3 + 1 + 1) / 4)
    assert f1.low < f1.mean < f1.high


def test_what_is_not_known_of_anybody_has_no_mean():
    assert summary(Scripted(RIGHT)).measures["evidence"] is None


def test_tokens_and_calls_are_those_of_a_question():
    told = summary(Scripted(RIGHT))
    assert (told.remote_input, told.remote_output, told.remote_calls) == (1000, 10, 1)


def test_money_is_that_of_a_question():
    assert summary(Scripted(RIGHT)).dollars == pytest.approx(0.0026)


def test_all_the_money_is_told_too():
    assert summary(Scripted(RIGHT)).dollars_in_all == pytest.approx(4 * 0.0026)


def test_money_is_unknown_where_a_price_is():
    told = summary(Scripted(RIGHT), prices=Prices(remote="x", price_as="nobody"))
    assert (told.dollars, told.dollars_in_all, told.against_remote) == (None, None, None)


def test_failures_are_counted_and_not_scored():
    told = summary(Scripted({**RIGHT, "q2": ModelError("no"), "q3": ModelError("no")}))
    assert (told.asked, told.settled, told.failed) == (4, 2, 2)
    assert told.measures["exact"].of == 2


def test_documents_that_do_not_fit_are_counted_apart():
    told = summary(Scripted({**RIGHT, "q2": ContextWindowExceeded("too long")}))
    assert (told.settled, told.too_long, told.failed) == (3, 1, 0)


def test_where_nobody_answered_everything_is_unknown():
    error = ContextWindowExceeded("too long")
    report = reported(Scripted(dict.fromkeys(RIGHT, error)))
    assert set(row(report).values()) == {"remote-only", "0", "-"}


def test_a_measured_cost_is_compared_with_the_measured_one():
    told = summary(Scripted(RIGHT), Scripted(RIGHT, name="minions"))
    assert (told.against_remote, told.is_against_estimate) == (1.0, False)


def test_costs_are_compared_on_the_questions_both_answered():
    alone = Scripted({**RIGHT, "q1": ModelError("no"), "q2": ModelError("no")})
    assert summary(alone, Scripted(RIGHT, name="minions")).against_remote == 1.0


def without_remote_only():
    return reported(contender("minions"), questions=[question()], count=lambda _: 100_000)


TOO_LONG = Scripted(dict.fromkeys(RIGHT, ContextWindowExceeded("too long")))


def test_where_remote_only_never_fits_its_cost_is_estimated():
    report = reported(TOO_LONG, Scripted(RIGHT, name="minions"), count=lambda _: 1000)
    assert row(report)["of remote-only"] == "about 51.0%"
    assert (
        "MinionS: remote-only answered none of these questions; what it would cost is estimated."
    ) in report.remarks


def test_what_is_measured_for_one_is_not_said_to_be_estimated():
    told = reported(Scripted(RIGHT), Scripted(RIGHT, name="minions")).summaries
    assert [summary.is_against_estimate for summary in told] == [False, False]


def test_without_remote_only_its_cost_is_estimated():
    assert without_remote_only().summaries[0].is_against_estimate


def test_an_estimated_share_is_about():
    assert row(without_remote_only())["of remote-only"].startswith("about ")


def test_an_estimate_is_told_as_such():
    said = "Remote-only was not asked: what it would cost is estimated."
    assert said in without_remote_only().remarks


def test_quality_is_compared_question_by_question():
    told = summary(Scripted(RIGHT), Scripted(HALF, name="minions"))
    assert (told.comparison.better, told.comparison.worse, told.comparison.same) == (0, 2, 2)


def test_the_table_tells_a_contender_in_a_row():
    told = row(reported(Scripted(RIGHT)))
    assert told["contender"] == "remote-only"
    assert told["exact"] == "100%"
    assert (told["F1"], told["95 %"]) == ("1.00", "0.51-1.00")
    assert told["evidence"] == "-"
    assert told["remote tokens"] == "1,010"
    assert told["$ a question"] == "0.0026"


def judged(*lines):
    judge = Judge(ScriptedModel(lines, name="gpt-4o"), "openai:gpt-4o")
    return reported(Scripted(RIGHT), questions=FOUR[:1], judge=judge)


VERDICT = '{"reason": "So.", "verdict": "partly"}'


def test_a_judge_has_a_column():
    assert row(judged(VERDICT))["judge"] == "0.50"


def test_with_a_judge_quality_is_its_verdict():
    assert judged(VERDICT).quality == "judge"


def test_the_judges_bill_is_told_apart():
    bill = judged(VERDICT).to_dict()["judge"]
    assert (bill["judged"], bill["without_verdict"]) == (1, 0)
    assert bill["dollars"] > 0


def test_verdicts_that_could_not_be_read_are_counted():
    assert judged("Hm.").to_dict()["judge"]["without_verdict"] == 1


def test_without_a_judge_there_is_no_bill():
    assert reported(Scripted(RIGHT)).to_dict()["judge"] is None


def test_every_answer_is_in_the_json():
    answers = json.loads(reported(Scripted(HALF)).to_json())["answers"]
    assert [(each["answer"], each["scores"]["exact"]) for each in answers[:2]] == [
        ("7", 0.0),
        ("412 people", 0.0),
    ]


def test_errors_are_in_the_json():
    report = reported(Scripted({**RIGHT, "q1": ModelError("it broke")}))
    assert report.to_dict()["answers"][0]["error"] == "it broke"


def test_a_benchmark_that_was_broken_off_is_told_as_far_as_it_went():
    work = bench([Scripted({**RIGHT, "q3": KeyboardInterrupt()})], questions=FOUR)
    with pytest.raises(KeyboardInterrupt):
        work.run()
    assert Report(work, SETUP).summaries[0].asked == 2


def test_the_markdown_says_what_was_compared():
    told = reported(Scripted(RIGHT)).to_markdown()
    assert "Local model `ollama:llama3.2`, remote model `openai:gpt-4o`" in told


def test_a_cell_cannot_break_the_table():
    assert markdown_table(["a"], [["x | y\nz"]])[-1] == r"| x \| y z |"


def test_reports_are_written(tmp_path):
    reported(Scripted(RIGHT)).write(tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"report.json", "report.md"}


def points_of(report, folder, monkeypatch):
    """What is drawn, and what its axis is called."""
    drawn = []

    def note(points, *, quality_name):
        drawn.extend([{point.name: point.quality for point in points}, quality_name])
        return cost_quality(points, quality_name=quality_name)

    monkeypatch.setattr("minions_core.bench.report.cost_quality", note)
    report.draw(folder)
    return drawn


def test_only_questions_all_answered_are_drawn(tmp_path, monkeypatch):
    drawn = points_of(reported(UNEVEN, WORSE_ON_ONE), tmp_path, monkeypatch)
    assert drawn == [{"remote-only": 1.0, "MinionS": 1.0}, "F1 on 3 questions"]


def test_who_answered_nothing_takes_no_questions_from_the_others(tmp_path, monkeypatch):
    drawn = points_of(reported(TOO_LONG, WORSE_ON_ONE), tmp_path, monkeypatch)
    assert drawn == [{"remote-only": None, "MinionS": 0.75}, "F1 on 4 questions"]


def test_charts_are_drawn(tmp_path):
    reported(Scripted(RIGHT)).draw(tmp_path)
    assert (tmp_path / "cost_quality.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "cost_quality.html").stat().st_size > 10_000


def test_without_the_packages_that_draw_it_is_said_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "altair", None)
    with pytest.raises(MissingExtra, match=r"minions-integrations\[bench\]"):
        reported(Scripted(RIGHT)).draw(tmp_path)


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="file cannot be written to"):
        reported(Scripted(RIGHT)).write(tmp_path / "file")
