"""The `minions` command: what it answers, what it prints, what it exits with."""

import re

import pytest

from minions_core.demo import annual_report
from minions_core.result import MinionsResult
from tests.apps.commands import OFFLINE, PATIENCE, run, started, written
from tests.apps.scripts import NOTE, QUESTION, both
from tests.wire import WireServer

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.fixture(scope="module")
def demo():
    return run("demo")


@pytest.fixture
def note(tmp_path):
    return written(tmp_path, "note.md", NOTE)


def test_the_demo_answers(demo):
    assert demo.exit_code == 0
    assert f"Answer: {annual_report(7).facts['capital_expenditure'].answer} [" in demo.output


def test_the_demo_says_that_its_models_are_none(demo):
    assert "not language models" in demo.output


def test_the_demo_shows_what_it_would_cost(demo):
    assert re.search(
        r"Money: about \$0\.00\d+ at the price of gpt-4o; .* \$0\.08\d+; saved \$0\.07\d+ \(9\d%\)",
        demo.output,
    )


def test_the_demo_shows_the_answer_the_report_was_made_with(demo):
    answer = annual_report(7).facts["capital_expenditure"].answer
    assert f"The report was made with: {answer}" in demo.output


def test_the_demo_takes_a_question():
    fact = annual_report(7).facts["ceo"]
    assert fact.figure in run("demo", "--question", fact.question).output


def test_the_demo_takes_a_seed():
    assert annual_report(11).company in run("demo", "--seed", "11").output


def test_the_demo_takes_another_price():
    output = run("demo", "--price-as", "nobody").output
    assert "Money: unknown: no price is known for nobody" in output


def test_the_demo_can_chat():
    output = run("demo", "--protocol", "minion").output
    assert "Remote asks: What was the group's capital expenditure" in output
    assert "Local says: $" in output


def test_the_demo_as_json_is_the_whole_result_and_nothing_else():
    result = MinionsResult.from_json(run("demo", "--json").stdout)
    assert result.status == "answered"


def test_files_are_asked(note):
    result = run("ask", QUESTION, note, *OFFLINE)
    assert result.exit_code == 0
    assert "Answer: 412 [1]" in result.output


def test_models_are_asked_over_the_wire(note):
    with WireServer(both) as server:
        remote = f"{server.openai_url}#gpt-4o"
        result = run("ask", QUESTION, note, "--remote", remote, OLLAMA_HOST=server.url)
    assert "Answer: 412 people [1]." in result.output


def test_a_citation_names_its_file(note):
    assert f'[1] {note}, "Staff"' in run("ask", QUESTION, note, *OFFLINE).output


def test_standard_input_is_asked():
    result = run("ask", QUESTION, "-", *OFFLINE, stdin=NOTE)
    assert "[1] standard input" in result.output


def test_standard_input_stands_beside_files(tmp_path):
    other = written(tmp_path, "other.txt", "The plant in Graz employs 7 people.")
    result = run("ask", QUESTION, other, "-", *OFFLINE, "--json", stdin=NOTE)
    names = [item.document for item in MinionsResult.from_json(result.stdout).citations]
    assert names == ["standard input"]


def test_a_folder_is_asked(tmp_path, note):
    assert "412" in run("ask", QUESTION, tmp_path, *OFFLINE).stdout


def test_a_file_of_a_folder_that_is_passed_over_is_told(tmp_path, note):
    (tmp_path / "scan.png").write_bytes(PICTURE)
    assert "Not read: scan.png" in run("ask", QUESTION, tmp_path, *OFFLINE).stderr


def test_files_that_are_passed_over_are_counted_once_they_are_many(tmp_path, note):
    for number in range(5):
        (tmp_path / f"{number}.png").write_bytes(PICTURE)
    assert "Not read: 2 files more" in run("ask", QUESTION, tmp_path, *OFFLINE).stderr


def test_hidden_files_are_passed_over_without_a_word(tmp_path, note):
    written(tmp_path, ".secret", "x")
    assert run("ask", QUESTION, tmp_path, *OFFLINE).stderr == ""


def test_quiet_says_nothing_of_what_is_passed_over(tmp_path, note):
    (tmp_path / "scan.png").write_bytes(PICTURE)
    assert run("ask", QUESTION, tmp_path, *OFFLINE, "--quiet").stderr == ""


def test_quiet_leaves_out_the_bill(note):
    assert "Money" not in run("ask", QUESTION, note, *OFFLINE, "--quiet").output


def test_without_a_price_the_money_is_unknown(note):
    assert "Money: unknown" in run("ask", "How many people?", note, *OFFLINE).output


def test_rounds_can_be_limited(note):
    output = run("ask", "Who founded it?", note, *OFFLINE, "--max-rounds", "1").output
    assert "Round 2" not in output


def test_no_regular_answer_ends_with_3(note):
    assert run("ask", QUESTION, note, *OFFLINE, "--max-tokens", "10").exit_code == 3


def test_a_limit_that_was_reached_is_in_the_result(note):
    result = run("ask", QUESTION, note, *OFFLINE, "--max-seconds", "0", "--json")
    assert MinionsResult.from_json(result.stdout).status == "budget"


def test_notes_go_to_the_remote_model(note):
    with WireServer(both) as server:
        remote = f"{server.openai_url}#gpt-4o"
        told = ["--remote", remote, "--notes", "A leaflet of 2023."]
        run("ask", QUESTION, note, *told, OLLAMA_HOST=server.url)
    assert "A leaflet of 2023." in server.requests[0].text


def test_redacted_values_stay_here(tmp_path):
    note = written(tmp_path, "a.txt", "Write to jan@example.org for details of Brno.")
    arguments = ["ask", "Which address is for details of Brno?", note, *OFFLINE, "--redact"]
    disclosed = MinionsResult.from_json(run(*arguments, "--json").stdout).disclosure
    assert not any("jan@example.org" in item.text for item in disclosed.items)


def test_quotes_stay_here_if_so_wished(note):
    arguments = ["ask", QUESTION, note, *OFFLINE, "--privacy", "answers", "--json"]
    disclosed = MinionsResult.from_json(run(*arguments).stdout).disclosure
    assert "quote" not in {item.kind for item in disclosed.items}


def test_jobs_are_asked_several_times(note):
    result = run("ask", QUESTION, note, *OFFLINE, "--samples", "3", "--json")
    assert MinionsResult.from_json(result.stdout).rounds[0].jobs[0].samples > 1


def test_a_preview_is_shown_to_the_remote_model(note):
    result = run("ask", QUESTION, note, *OFFLINE, "--preview", "500", "--json")
    disclosed = MinionsResult.from_json(result.stdout).disclosure
    assert "passage" in {item.kind for item in disclosed.items}


def test_plans_can_be_data(note):
    result = run("ask", QUESTION, note, *OFFLINE, "--planner", "json", "--json")
    assert MinionsResult.from_json(result.stdout).rounds[0].plan.lstrip().startswith("{")


def test_the_version_is_shown():
    assert re.fullmatch(r"minions \d+\.\d+\.\d+\S*\n", run("--version").stdout)


def test_without_a_command_the_help_is_shown():
    result = run()
    assert result.exit_code == 0
    assert "demo" in result.stdout


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_an_answer_outlives_an_output_that_cannot_write_it(tmp_path, encoding):
    note = written(
        tmp_path, "note.md", "The plant in Brno \u2192 \u0160umperk employs 412 people.\n"
    )
    process = started("ask", QUESTION, note, *OFFLINE, PYTHONIOENCODING=encoding)
    output, complaint = process.communicate(timeout=PATIENCE)
    assert (process.returncode, complaint) == (0, b"")
    assert b"Brno \\u2192 " in output


@pytest.mark.parametrize("role", ["local", "remote"])
def test_a_server_of_ones_own_gets_the_key_of_its_role(note, role):
    variable, other = f"MINIONS_{role.upper()}_KEY", {"local": "remote", "remote": "local"}[role]
    with WireServer(both) as server:
        models = [f"--{role}", f"{server.openai_url}#gpt-4o", f"--{other}", "offline"]
        run("ask", QUESTION, note, *models, **{variable: "sk-own"})
        sent = {request.headers["authorization"] for request in server.requests}
    assert sent == {"Bearer sk-own"}


def test_a_server_of_ones_own_gets_no_other_key(note):
    keys = {"MINIONS_LOCAL_KEY": "sk-l", "OPENAI_API_KEY": "sk-o", "TOGETHER_API_KEY": "sk-t"}
    with WireServer(both) as server:
        models = ["--local", "offline", "--remote", f"{server.openai_url}#gpt-4o"]
        run("ask", QUESTION, note, *models, **keys)
        sent = {request.headers["authorization"] for request in server.requests}
    assert sent == {"Bearer none"}


def test_a_reader_who_leaves_is_not_complained_of():
    with started("demo", "--json") as process:
        process.stdout.close()
        assert process.stderr.read() == b""


def test_the_command_is_a_module():
    output, _ = started("--version").communicate(timeout=PATIENCE)
    assert output.startswith(b"minions ")
