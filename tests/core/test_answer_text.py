"""What of a reply a reader sees while it arrives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.plans import Answer, read_move
from minions_core.protocols.remote import AnswerText


def shown(*pieces):
    readable = AnswerText()
    return "".join(readable(piece) for piece in pieces)


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        pytest.param("<answer>It was 7 [1].</answer>", "It was 7 [1].", id="an answer"),
        pytest.param("So: <ANSWER> 7 </Answer> bye", "7", id="any case, no white space around"),
        pytest.param("<answer>a < b\n\nc</answer>", "a < b\n\nc", id="white space within"),
        pytest.param("<answer>cut of", "cut of", id="never closed"),
        pytest.param("<think><answer>no</answer></think><answer>7", "7", id="after thinking"),
        pytest.param("<think>on and on <answer>no", "", id="still thinking"),
        pytest.param("```python\nx = 1\n```", "", id="a plan"),
    ],
)
def test_only_the_answer_is_shown(reply, text):
    assert shown(reply) == shown(*reply) == text


@given(st.text(alphabet="<>/answerthik \n7[]", max_size=80), st.data())
def test_however_a_reply_is_cut_the_same_is_shown(reply, data):
    place = data.draw(st.integers(0, len(reply)))
    assert shown(reply[:place], reply[place:]) == shown(reply)


@given(st.text(alphabet="ab <7[]\n", min_size=1).filter(str.strip))
def test_what_is_shown_is_the_answer_that_is_taken(answer):
    reply = f"<answer>{answer}</answer>"
    assert Answer(shown(reply)) == read_move(reply, last=False)
