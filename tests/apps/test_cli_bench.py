"""`minions bench`: what it prints, keeps and exits with."""

import json
import socket
import sys

import pytest

from minions_core.bench import alone_in
from tests.apps.benches import asked_in, table
from tests.apps.commands import OFFLINE, errors, run
from tests.bench.made import jsonl


@pytest.fixture
def asked(tmp_path):
    return asked_in(tmp_path)


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


@pytest.fixture
def drawn(asked, out):
    """Runs a benchmark of the stand-ins."""

    def started_with(*options):
        return run("bench", asked, *OFFLINE, "--out", out, *options)

    return started_with


@pytest.fixture
def bench(drawn, monkeypatch):
    """The same without charts, which take a second to draw."""
    monkeypatch.setitem(sys.modules, "altair", None)
    return drawn


def test_everybody_is_in_the_table(bench):
    result = bench()
    assert result.exit_code == 0
    assert list(table(result.stdout)) == [
        "remote-only",
        "local-only",
        "BM25 to remote",
        "Minion",
        "MinionS",
    ]


def test_scores_are_in_the_table(bench):
    assert table(bench().stdout)["MinionS"][1:3] == ["2", "100%"]


def test_those_who_are_asked_can_be_chosen(bench):
    assert list(table(bench("--protocols", "bm25, minions").stdout)) == [
        "BM25 to remote",
        "MinionS",
    ]


def test_a_price_can_be_chosen(bench):
    remote = table(bench("--price-as", "gpt-4o").stdout)["remote-only"]
    assert float(remote[8]) > 0


def test_without_a_price_it_is_said_what_to_do(bench):
    assert "is not known: name another with --price-as" in bench().stdout


def test_the_stand_ins_are_said_to_be_none(bench):
    assert "not language models" in bench().stdout


def test_progress_is_told_in_lines_on_the_stream_of_errors(bench):
    told = bench("--protocols", "remote").stderr.splitlines()
    assert told[0].startswith("1/2 remote staff: 412, ")


def test_quiet_shows_no_progress(drawn):
    assert drawn("--quiet").stderr == ""


def test_json_is_the_report_and_nothing_else(drawn, out):
    result = drawn("--json")
    assert json.loads(result.stdout) == json.loads((out / "report.json").read_text())
    assert result.stderr == ""


def test_reports_and_charts_are_written(drawn, out):
    drawn()
    assert {path.name for path in out.iterdir()} == {
        "records.jsonl",
        "records.lock",
        "report.json",
        "report.md",
        "cost_quality.png",
        "cost_quality.html",
    }


def test_without_altair_all_the_rest_is_written(bench, out):
    result = bench("--quiet")
    assert result.exit_code == 0
    assert "No chart was drawn: altair is not installed: pip install" in result.stderr
    assert (out / "report.md").exists()


def test_the_same_command_asks_nothing_again(bench):
    bench()
    assert bench("--protocols", "remote").stderr.splitlines()[0].endswith(": 412, known")


def test_other_options_ask_again(bench):
    bench("--protocols", "bm25")
    again = bench("--protocols", "bm25", "--top-k", "2").stderr
    assert "known" not in again


def test_fresh_asks_everything_again(bench):
    bench("--protocols", "remote")
    assert "known" not in bench("--protocols", "remote", "--fresh").stderr


def test_the_first_questions_alone_can_be_asked(bench):
    assert table(bench("--limit", "1", "--protocols", "remote").stdout)["remote-only"][1] == "1"


def test_questions_can_be_asked_at_once(bench):
    assert table(bench("--at-once", "4").stdout)["MinionS"][1] == "2"


def test_the_sample_is_written_where_the_reports_are(out):
    result = run("bench", "demo", *OFFLINE, "--out", out, "--protocols", "bm25", "--limit", "2")
    assert table(result.stdout)["BM25 to remote"][1] == "2"
    assert (out / "sample" / "questions.jsonl").exists()


def test_the_folder_is_beside_the_questions_and_named_after_them(asked, tmp_path):
    run("bench", asked, *OFFLINE, "--protocols", "local")
    assert (tmp_path / "asked-bench" / "report.json").exists()


def test_questions_that_are_not_there_leave_no_folder(tmp_path):
    assert "cannot be read" in errors("bench", tmp_path / "new" / "a.jsonl", *OFFLINE)
    assert list(tmp_path.iterdir()) == []


def test_another_benchmark_in_the_same_folder_is_refused(asked, out):
    with alone_in(out):
        said = errors("bench", asked, *OFFLINE, "--out", out)
    assert "another benchmark is at work in" in said


def test_a_strange_contender_is_told(asked):
    said = errors("bench", asked, *OFFLINE, "--protocols", "remote,magic", code=2)
    assert "--protocols: 'magic' is none of remote, local, bm25, minion, minions" in said


@pytest.mark.parametrize("options", [["--privacy", "answers"], ["--redact"]])
def test_where_words_are_to_be_kept_back_nobody_sends_them(asked, options):
    said = errors("bench", asked, *OFFLINE, *options, code=2)
    assert "rule out remote and bm25, which send the text as it is" in said


@pytest.mark.parametrize("options", [["--privacy", "answers"], ["--redact"]])
def test_where_words_are_to_be_kept_back_no_judge_elsewhere_is_asked(asked, options):
    options = [*options, "--protocols", "minions", "--judge", "http://judge.example/v1#gpt-4o"]
    said = errors("bench", asked, *OFFLINE, *options, code=2)
    assert "rule out --judge http://judge.example/v1#gpt-4o" in said


@pytest.mark.parametrize("options", [["--privacy", "answers"], ["--redact"]])
def test_the_others_keep_words_back(bench, options):
    result = bench(*options, "--protocols", "local,minion,minions")
    assert table(result.stdout)["MinionS"][1] == "2"


def test_no_contender_at_all_is_told(asked):
    assert "name some of remote," in errors("bench", asked, *OFFLINE, "--protocols", ",", code=2)


@pytest.mark.parametrize("option", ["--local", "--remote", "--judge"])
def test_a_model_that_is_none_is_told_with_its_option(asked, option):
    assert f"{option}: 'magic' is no model" in errors("bench", asked, option, "magic", code=2)


def test_the_stand_in_cannot_judge(asked):
    said = errors("bench", asked, *OFFLINE, "--judge", "offline")
    assert "the offline models cannot judge" in said


def test_a_line_that_is_wrong_is_told(tmp_path):
    path = jsonl(tmp_path / "a.jsonl", {"document": "It.", "question": "What?"})
    assert "a.jsonl, line 1: `answer` is missing" in errors("bench", path, *OFFLINE)


def test_a_limit_on_money_needs_a_price(asked, out):
    said = errors("bench", asked, *OFFLINE, "--out", out, "--max-cost", "1")
    assert "set --price-as" in said


def test_money_spent_ends_it_with_what_is_done(bench):
    result = bench("--price-as", "gpt-4o", "--max-cost", "0.0001", "--protocols", "remote,minion")
    assert result.exit_code == 1
    assert "the budget for cost is used up" in result.stderr
    assert table(result.stdout)["remote-only"][1] == "1"


def test_the_password_in_an_address_is_written_nowhere(asked, out):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    remote = f"http://ann:secret@127.0.0.1:{port}/v1#m"
    models = ("--local", "offline", "--remote", remote, "--protocols", "remote")
    result = run("bench", asked, *models, "--out", out)
    written = [path.read_text() for path in out.glob("re*.*") if path.suffix != ".lock"]
    assert f"127.0.0.1:{port}" in result.stderr
    assert "secret" not in "".join([result.output, *written])


def test_a_limit_of_the_settings_holds_for_the_whole_benchmark(bench, tmp_path):
    settings = tmp_path / "config.toml"
    settings.write_text("max-cost = 0.0001")
    asked = ("--price-as", "gpt-4o", "--protocols", "remote,minion")
    told = bench(*asked, "--config", settings).stderr
    assert told == bench(*asked, "--max-cost", "0.0001", "--fresh").stderr
    assert "the budget for cost is used up" in told


def test_a_limit_of_the_environment_holds_for_the_whole_benchmark(asked, out):
    priced = ("--price-as", "gpt-4o", "--protocols", "remote")
    result = run("bench", asked, *OFFLINE, *priced, "--out", out, MINIONS_MAX_COST="0")
    assert "the budget for cost is used up" in result.stderr
