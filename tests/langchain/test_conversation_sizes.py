"""Much that is short piece by piece: it is measured together, and read if it is long."""

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from tests.langchain.conversing import hear

PIECE = "Zebra clause about the merger. "
BLOCKS = [{"type": "json", "data": PIECE * 5} for _ in range(40)]
ANSWER = HumanMessage("Q?")


def shown(message):
    return str(hear(ANSWER, message).messages[1])


def calls(*arguments):
    return AIMessage(
        "",
        tool_calls=[{"name": "f", "args": args, "id": str(n)} for n, args in enumerate(arguments)],
    )


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(ToolMessage(BLOCKS, tool_call_id="1"), id="blocks of a tool"),
        pytest.param(calls({"rows": [PIECE] * 2000}), id="items of an argument"),
        pytest.param(calls({PIECE * 20: 1}), id="name of an argument"),
        pytest.param(calls(*({"row": PIECE} for _ in range(40))), id="calls"),
        pytest.param(
            AIMessage(
                [{"type": "tool_use", "id": "1", "name": "f", "input": {"rows": [PIECE] * 40}}]
            ),
            id="call in a block",
        ),
        pytest.param(
            AIMessage([{"type": "thinking", "thinking": PIECE} for _ in range(40)]), id="thoughts"
        ),
        pytest.param(
            AIMessage(
                [
                    {"type": "text", "text": "k", "annotations": [{"cited": PIECE}]}
                    for _ in range(40)
                ]
            ),
            id="citations",
        ),
        pytest.param(
            AIMessage("k", additional_kwargs={str(n): PIECE for n in range(40)}), id="extras"
        ),
    ],
)
def test_many_short_pieces_beside_words_are_not_sent(message):
    assert "Zebra" not in shown(message)


def test_many_custom_blocks_of_a_human_are_read():
    heard = hear(HumanMessage([*BLOCKS, {"type": "text", "text": "Q?"}]))
    assert (heard.task, "Zebra" in str(heard.messages)) == ("Q?", False)
    assert "Zebra" in str(heard.texts)


def test_what_tools_returned_is_still_known_by_its_call():
    results = [{"type": "tool_result", "tool_use_id": str(n), "content": PIECE} for n in range(40)]
    (message,) = hear(HumanMessage([*results, {"type": "text", "text": "Q?"}])).messages
    assert [block["tool_use_id"] for block in message.content[:-1]] == [str(n) for n in range(40)]
    assert "Zebra" not in str(message)


def test_few_short_pieces_stay_as_they_are():
    message = calls({"row": PIECE}, {"row": PIECE})
    assert hear(ANSWER, message).messages[1] is message
