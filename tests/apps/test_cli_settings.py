"""Settings of the `minions` command: options, environment, settings file, and what wins."""

import re

import pytest

from minions_core.result import MinionsResult
from tests.apps.commands import OFFLINE, errors, run, written
from tests.apps.scripts import NOTE, QUESTION


@pytest.fixture
def file(tmp_path):
    return written(tmp_path, "mine.toml", 'local = "offline"\nmax-rounds = 2\nredact = true\n')


def shown(name, *arguments, **variables):
    """Value and origin of a setting, as `minions config` shows it."""
    [line] = re.findall(
        rf"^{name} +(.*)$", run("config", *arguments, **variables).stdout, re.MULTILINE
    )
    return re.split(r" {2,}", line)


def test_a_setting_has_a_default():
    assert shown("max-rounds") == ["3", "built in"]


def test_a_setting_of_the_file_counts_before_what_is_built_in(file):
    assert shown("max-rounds", "--config", file) == ["2", f"file {file}"]


def test_the_environment_counts_before_the_file(file):
    told = shown("max-rounds", "--config", file, MINIONS_MAX_ROUNDS="5")
    assert told == ["5", "environment MINIONS_MAX_ROUNDS"]


def test_an_option_counts_before_the_environment():
    told = shown("max-rounds", "--max-rounds", "7", MINIONS_MAX_ROUNDS="5")
    assert told == ["7", "option --max-rounds"]


def test_the_environment_can_name_the_file(file):
    assert shown("local", MINIONS_CONFIG=file) == ["offline", f"file {file}"]


def test_what_the_file_switches_on_an_option_switches_off(file):
    assert shown("redact", "--config", file, "--no-redact") == ["false", "option --redact"]


def test_the_file_in_the_own_folder_is_read(tmp_path):
    (tmp_path / "minions").mkdir()
    own = written(tmp_path / "minions", "config.toml", "max-cost = 1")
    assert shown("max-cost", XDG_CONFIG_HOME=str(tmp_path)) == ["1.0", f"file {own}"]


def test_a_file_that_is_named_stands_in_for_the_own(tmp_path, file):
    (tmp_path / "minions").mkdir()
    written(tmp_path / "minions", "config.toml", "max-cost = 1")
    told = shown("max-cost", "--config", file, XDG_CONFIG_HOME=str(tmp_path))
    assert told == ["-", "built in"]


@pytest.mark.parametrize("name", ["config.toml", "minions.toml", ".minions.toml"])
def test_a_file_in_the_current_directory_is_not_read(tmp_path, monkeypatch, name):
    written(tmp_path, name, "max-cost = 1")
    monkeypatch.chdir(tmp_path)
    assert shown("max-cost") == ["-", "built in"]


def test_the_own_file_is_told_even_if_it_is_not_there():
    told = run("config").stdout.splitlines()[0]
    assert told == "Settings file: /nowhere/at/all/minions/config.toml (not there)"


def test_keys_may_have_underscores(tmp_path):
    file = written(tmp_path, "a.toml", "max_rounds = 2")
    assert shown("max-rounds", "--config", file)[0] == "2"


def test_questions_are_asked_with_the_settings_of_the_file(tmp_path, file):
    note = written(tmp_path, "a.md", NOTE)
    result = run("ask", QUESTION, note, "--config", file, "--remote", "offline")
    assert "Answer: 412" in result.stdout


def test_no_value_of_the_file_is_kept_from_an_option(tmp_path):
    file = written(tmp_path, "a.toml", "samples = 3\nprotocol = 'minions'")
    assert shown("protocol", "--config", file, "--protocol", "minion")[0] == "minion"


def test_what_only_minions_knows_may_stand_in_the_file_of_a_minion(tmp_path):
    file = written(tmp_path, "a.toml", "samples = 3\nplanner = 'json'\npreview = 100")
    note = written(tmp_path, "a.md", NOTE)
    asked = ["ask", QUESTION, note, *OFFLINE, "--protocol", "minion", "--config", file, "--json"]
    assert MinionsResult.from_json(run(*asked).stdout).protocol == "minion"


@pytest.mark.parametrize("given", [("--samples", "3"), ("--planner", "json"), ("--preview", "9")])
def test_what_only_minions_knows_is_refused_with_a_minion(given):
    said = errors("ask", "Why?", "a.txt", "--protocol", "minion", *given, code=2)
    assert said == f"Error: {given[0]} goes only with --protocol minions\n"


WRONG = [
    ("max-round = 1", "max-round: there is no setting of that name; the settings are protocol,"),
    ('max-rounds = "3"', "max-rounds: Input should be a valid integer"),
    ("max-rounds = true", "max-rounds: Input should be a valid integer"),
    ("max-rounds = 0", "max-rounds: "),
    ("max-rounds = 2024-01-01", "max-rounds: Input should be a valid integer"),
    ("max-cost = -1.5", "max-cost: "),
    ("max-cost = inf", "max-cost: "),
    ("max-seconds = nan", "max-seconds: "),
    ('privacy = "none"', "privacy: Input should be 'quotes' or 'answers'"),
    ("local = 3", "local: Input should be a valid string"),
    ("[ask]\nlocal = 'offline'", "ask: there is no setting of that name"),
    ('api-key = "sk-1"', "api-key: keys are not read from a file: take it out, and set OPENAI_API"),
    (
        'remote-key = "sk-1"',
        "remote-key: keys are not read from a file: take it out, and set OPENA",
    ),
    ('OPENAI_API_KEY = "sk-1"', "OPENAI_API_KEY: keys are not read from a file"),
]


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_a_wrong_line_of_the_file_is_told_by_its_key(tmp_path, text, told):
    file = written(tmp_path, "a.toml", text)
    assert errors("config", "--config", file, code=2).startswith(f"Error: {file}: {told}")


def test_a_key_in_the_file_is_not_printed(tmp_path):
    file = written(tmp_path, "a.toml", 'api-key = "sk-very-secret"')
    assert "sk-very-secret" not in errors("config", "--config", file, code=2)


def test_a_password_in_an_address_is_not_shown():
    assert shown("remote", "--remote", "http://jan:secret@h/v1#m")[0] == "http://***@h/v1#m"


def test_a_file_that_is_no_toml_is_told(tmp_path):
    file = written(tmp_path, "a.toml", "max-rounds = ,")
    told = errors("config", "--config", file, code=2)
    assert told.startswith(f"Error: {file} is no TOML file: Invalid value (at line 1")


def test_a_file_that_is_no_text_is_told(tmp_path):
    (tmp_path / "a.toml").write_bytes(b"\xff\xfe\x00")
    told = errors("config", "--config", f"{tmp_path}/a.toml", code=2)
    assert "a.toml is no TOML file" in told


def test_a_file_that_is_not_there_is_told():
    told = errors("config", "--config", "/nowhere/a.toml", code=2)
    assert told == "Error: /nowhere/a.toml cannot be read: No such file or directory\n"


def test_a_folder_is_no_settings_file(tmp_path):
    assert "is a directory" in errors("config", "--config", tmp_path, code=2)


def test_wrong_values_of_the_environment_are_told_by_their_variable():
    assert "MINIONS_MAX_ROUNDS" in errors("config", code=2, MINIONS_MAX_ROUNDS="many")


def test_settings_that_do_not_go_together_are_told_by_their_options(tmp_path):
    note = written(tmp_path, "a.md", NOTE)
    both = ["--preview", "100", "--privacy", "answers"]
    told = errors("ask", "Why?", note, *OFFLINE, *both, code=2)
    assert told.startswith("Error: --preview shows passages word for word, which --privacy answers")


def test_every_setting_has_a_variable_in_the_help():
    named = re.findall(r"MINIONS_(\w+)", run("ask", "--help", COLUMNS="200").stdout)
    settings = re.findall(r"^([a-z-]+)  ", run("config").stdout, re.MULTILINE)
    assert {name.lower().replace("_", "-") for name in named} == {*settings, "config"}
