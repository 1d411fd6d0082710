"""`minions chat`: questions one after another, at a terminal and from a pipe."""

import re
import signal

import pytest

from minions_core.result import MinionsResult
from tests.apps.commands import CTRL_C, CTRL_D, OFFLINE, PATIENCE, Terminal, errors, run, written
from tests.apps.scripts import NOTE, QUESTION, Stuck, both, remote
from tests.wire import WireReply, WireServer

ENTER = "\r"
PROMPT = "minions> "


@pytest.fixture
def note(tmp_path):
    return written(tmp_path, "note.md", NOTE)


def results(said):
    return [MinionsResult.from_json(line) for line in said.splitlines()]


def piped(note, *lines, options=OFFLINE, **variables):
    return run("chat", note, *options, "--json", stdin="\n".join(lines), **variables)


def test_each_line_of_a_pipe_is_a_question(note):
    questions = [result.question for result in results(piped(note, QUESTION, "Who?").stdout)]
    assert questions == [QUESTION, "Who?"]


def test_json_is_a_line_for_each_result(note):
    assert piped(note, QUESTION, "Who?").stdout.count("\n") == 2


def test_empty_lines_are_no_questions(note):
    assert len(results(piped(note, "", QUESTION, "  ", "").stdout)) == 1


def test_a_question_follows_up_those_before(note):
    with WireServer(both) as server:
        models = ["--remote", f"{server.openai_url}#gpt-4o"]
        piped(note, QUESTION, "And where?", options=models, OLLAMA_HOST=server.url)
    [second, *_] = [asked for asked in server.requests if "And where?" in asked.text]
    assert "412 people" in second.text


def test_quit_ends_a_pipe(note):
    assert len(results(piped(note, QUESTION, "/quit", "Who?").stdout)) == 1


def test_a_pipe_that_was_answered_ends_with_0(note):
    assert piped(note, QUESTION).exit_code == 0


def test_a_pipe_with_no_regular_answer_goes_on_and_ends_with_3(note):
    result = piped(note, QUESTION, QUESTION, options=[*OFFLINE, "--max-seconds", "0"])
    assert (len(results(result.stdout)), result.exit_code) == (2, 3)


def test_the_first_question_of_a_pipe_that_fails_is_the_last(note):
    with WireServer(WireReply("no", status=401)) as server:
        models = ["--local", "offline", "--remote", f"{server.openai_url}#m"]
        result = piped(note, QUESTION, QUESTION, options=models)
    assert (result.exit_code, len(server.requests)) == (1, 1)


def test_a_pipe_without_json_is_answered_in_plain_text(note):
    result = run("chat", note, *OFFLINE, stdin=f"{QUESTION}\n")
    assert "Answer: 412 [1]" in result.stdout


def test_standard_input_cannot_be_a_file_too():
    told = errors("chat", "-", *OFFLINE, code=2)
    assert told.startswith("Error: chat takes its questions from standard input")


def test_a_chat_at_a_terminal_answers(note):
    with Terminal("chat", note, *OFFLINE) as terminal:
        terminal.until(PROMPT).type(QUESTION + ENTER).until("412 [1]").until(PROMPT).type(CTRL_D)
        assert terminal.ended() == 0


def test_a_chat_tells_what_it_reads(note):
    with Terminal("chat", note, *OFFLINE) as terminal:
        terminal.until(f"1 document: {note}").until(PROMPT).type(CTRL_D)
        assert terminal.ended() == 0


def test_quit_leaves(note):
    with Terminal("chat", note, *OFFLINE) as terminal:
        terminal.until(PROMPT).type("/quit" + ENTER)
        assert terminal.ended() == 0


def test_ctrl_c_at_the_prompt_leaves_with_130(note):
    with Terminal("chat", note, *OFFLINE) as terminal:
        assert terminal.until(PROMPT).pressed(CTRL_C) == 130


def test_ctrl_c_ends_a_run_and_keeps_the_chat(note):
    with WireServer(Stuck()) as server:
        remote = ["--remote", f"{server.openai_url}#gpt-4o"]
        with Terminal("chat", note, *remote, OLLAMA_HOST=server.url) as terminal:
            terminal.until(PROMPT).type(QUESTION + ENTER).until("1 at work").type(CTRL_C)
            terminal.until("Stopped.").until(PROMPT).type("/cost" + ENTER)
            terminal.until("1 remote call, ").until(PROMPT).type(CTRL_D)
            assert terminal.ended() == 0


def test_ctrl_c_tells_the_bill_once(note):
    with WireServer(Stuck()) as server:
        remote = ["--remote", f"{server.openai_url}#gpt-4o"]
        with Terminal("chat", note, *remote, OLLAMA_HOST=server.url) as terminal:
            terminal.until(PROMPT).type(QUESTION + ENTER).until("1 at work").type(CTRL_C)
            shown = terminal.until("what is known so far").until(PROMPT).shown
    assert re.findall(r"Stopped\.|Stopped after", shown) == ["Stopped."]


def test_ctrl_c_tells_the_bill_where_no_other_is_shown(note):
    models = Stuck()
    with WireServer(models) as server:
        remote = ["--quiet", "--remote", f"{server.openai_url}#gpt-4o"]
        with Terminal("chat", note, *remote, OLLAMA_HOST=server.url) as terminal:
            terminal.until(PROMPT).type(QUESTION + ENTER)
            assert models.is_read.wait(PATIENCE)
            terminal.type(CTRL_C).until("Stopped after 1 remote call")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_chat_too(note, number):
    with WireServer(Stuck()) as server:
        remote = ["--remote", f"{server.openai_url}#gpt-4o"]
        with Terminal("chat", note, *remote, OLLAMA_HOST=server.url) as terminal:
            terminal.until(PROMPT).type(QUESTION + ENTER).until("1 at work")
            assert terminal.signalled(number) == 128 + number


def test_an_error_ends_a_question_and_keeps_the_chat(note):
    with WireServer(remote) as server:
        models = ["--local", "tokasaurus:m", "--remote", f"{server.openai_url}#gpt-4o"]
        with Terminal("chat", note, *models) as terminal:
            terminal.until(PROMPT).type(QUESTION + ENTER).until("Error: ").until(PROMPT)
            terminal.type(CTRL_D)
            assert terminal.ended() == 0


def test_an_error_before_anything_is_paid_keeps_the_chat(note):
    with WireServer("") as server:
        nobody = server.url
    with Terminal("chat", note, "--remote", "offline", OLLAMA_HOST=nobody) as terminal:
        terminal.until(PROMPT).type(QUESTION + ENTER).until("ollama serve").until(PROMPT)
        terminal.type("/cost" + ENTER).until("0 remote calls").until(PROMPT).type("/quit" + ENTER)
        assert terminal.ended() == 0


def test_the_prompt_stays_out_of_standard_output(note):
    with Terminal("chat", note, *OFFLINE, to_a_pipe=True) as terminal:
        terminal.until(PROMPT).type(QUESTION + ENTER).until(PROMPT).type(CTRL_D).ended()
        output = terminal.output
    assert ("Answer: 412" in output, PROMPT in output) == (True, False)


def test_sources_tells_what_the_last_answer_rests_on(note):
    said = piped(note, QUESTION, "/sources").stderr
    assert f'[1] {note}, "Staff", characters 9-46 (verified)\n    The plant in Brno' in said


def test_sources_before_any_answer_are_none(note):
    assert piped(note, "/sources").stderr == "No answer has cited anything yet.\n"


def test_cost_adds_up_all_questions(note):
    said = piped(note, QUESTION, QUESTION, "/cost", options=[*OFFLINE, "--price-as", "gpt-4o"])
    assert said.stderr.startswith("4 remote calls, about ")
    assert "out, about $0.0" in said.stderr


def test_a_cost_that_is_not_known_is_unknown(note):
    assert piped(note, QUESTION, "/cost").stderr.endswith(" out, unknown cost\n")


def test_cost_before_any_question_is_nothing(note):
    assert piped(note, "/cost").stderr == "0 remote calls, 0 tokens in, 0 out, $0.0000\n"


def test_what_the_talk_saved_is_told(tmp_path):
    long = written(tmp_path, "long.txt", NOTE + "Nothing happened in the year after. " * 9000)
    said = piped(long, QUESTION, "/cost", options=[*OFFLINE, "--price-as", "gpt-4o"]).stderr
    assert "; saved about $0." in said


def test_help_tells_what_there_is(note):
    said = piped(note, "/help").stderr
    assert ("/sources" in said, "/cost" in said, "/quit" in said) == (True, True, True)


def test_a_command_that_is_none_is_no_question(note):
    said = piped(note, "/hlep")
    assert said.stdout == ""
    assert said.stderr.startswith("There is no /hlep.\n")


@pytest.mark.parametrize(
    "line", ["/Cost", "/COST", "/cost please", "/cost!", "/sources 2", "/hlep me", "/", "/2"]
)
def test_a_slip_is_not_paid_for(note, line):
    said = piped(note, line)
    assert (said.stdout, said.exit_code) == ("", 0)


@pytest.mark.parametrize("line", ["/Cost", "/cost please", "/cost?"])
def test_a_command_is_known_however_it_is_written(note, line):
    assert piped(note, line).stderr.startswith("0 remote calls")


@pytest.mark.parametrize("line", ["exit", "quit", "Quit", "/QUIT", "/quit now", "/exit"])
def test_a_word_that_says_so_leaves(note, line):
    assert piped(note, line, QUESTION).stdout == ""


def test_a_question_may_begin_with_the_word(note):
    assert len(results(piped(note, "quit rates: what are they?").stdout)) == 1


def test_what_is_wrong_with_a_file_is_told_before_a_key_is_asked_for():
    told = errors("chat", "/nowhere/x.txt", "--local", "offline", "--remote", "openai:m")
    assert told.startswith("Error: /nowhere/x.txt is not there")


def test_a_question_may_begin_with_a_path(note):
    assert len(results(piped(note, "/etc/hosts: what is it?").stdout)) == 1
