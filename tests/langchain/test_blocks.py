"""Content blocks in the dialects of LangChain and the providers."""

import base64

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from langchain_minions._runs.blocks import parts_of
from minions_core.errors import UsageError
from tests.langchain.conversing import LETTER, QUESTION, REPORT, hear, ours, texts

PDF = base64.b64encode(b"%PDF-1.7 ...").decode()
ENCODED = base64.b64encode(REPORT.encode()).decode()
PLAIN = {"type": "text-plain", "text": REPORT, "mime_type": "text/plain"}
IMAGE = {"type": "image", "url": "https://example.com/a.png"}
DOCUMENTS = [
    pytest.param(PLAIN, id="standard"),
    pytest.param({"type": "text-plain", "base64": ENCODED, "mime_type": "text/plain"}, id="base64"),
    pytest.param({"type": "file", "base64": ENCODED, "mime_type": "text/html"}, id="file"),
    pytest.param(
        {"type": "file", "base64": ENCODED, "mime_type": "application/ld+json"}, id="suffix"
    ),
    pytest.param(
        {"type": "file", "source_type": "text", "text": REPORT, "mime_type": "text/plain"},
        id="before 1.0",
    ),
    pytest.param(
        {"type": "file", "source_type": "base64", "data": ENCODED, "mime_type": "text/csv"},
        id="before 1.0, base64",
    ),
    pytest.param(
        {"type": "file", "file": {"file_data": f"data:text/plain;base64,{ENCODED}"}}, id="OpenAI"
    ),
    pytest.param(
        {"type": "input_file", "file_data": f"data:text/plain;base64,{ENCODED}"}, id="Responses"
    ),
    pytest.param(
        {
            "type": "document",
            "source": {"type": "text", "media_type": "text/plain", "data": REPORT},
        },
        id="Anthropic",
    ),
    pytest.param(
        {
            "type": "document",
            "source": {
                "type": "content",
                "content": [{"type": "text", "text": part} for part in REPORT.split("\n\n")],
            },
        },
        id="Anthropic, in blocks",
    ),
    pytest.param(
        {"type": "document", "source": {"type": "content", "content": REPORT}},
        id="Anthropic, in one",
    ),
    pytest.param(
        {"type": "search_result", "source": "", "content": [{"type": "text", "text": REPORT}]},
        id="Anthropic, found",
    ),
    pytest.param({"document": {"format": "txt", "source": {"text": REPORT}}}, id="Bedrock"),
    pytest.param(
        {"document": {"format": "md", "source": {"bytes": REPORT.encode()}}}, id="Bedrock, bytes"
    ),
    pytest.param({"type": "media", "mime_type": "text/plain", "data": ENCODED}, id="Google"),
]
FILES = [
    pytest.param({"type": "file", "base64": PDF, "mime_type": "application/pdf"}, id="PDF"),
    pytest.param({"type": "file", "url": "https://example.com/a.pdf"}, id="URL"),
    pytest.param({"type": "file", "file_id": "file-1"}, id="id"),
    pytest.param({"type": "text-plain", "url": "https://example.com/a.txt"}, id="text at a URL"),
    pytest.param({"type": "file", "base64": "no!", "mime_type": "text/plain"}, id="no base64"),
    pytest.param({"type": "file", "base64": "/////w==", "mime_type": "text/plain"}, id="no UTF-8"),
    pytest.param(
        {"type": "file", "file": {"file_data": f"data:application/pdf;base64,{PDF}"}}, id="OpenAI"
    ),
    pytest.param(
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": PDF},
        },
        id="Anthropic",
    ),
    pytest.param(
        {"type": "document", "source": {"type": "content", "content": [IMAGE]}}, id="of pictures"
    ),
    pytest.param({"document": {"format": "pdf", "source": {"bytes": b"%PDF"}}}, id="Bedrock"),
    pytest.param(
        {"type": "media", "mime_type": "application/pdf", "file_uri": "gs://a/b"}, id="Google"
    ),
]
MEDIA = [
    pytest.param(IMAGE, id="image"),
    pytest.param({"type": "image_url", "image_url": {"url": "https://example.com"}}, id="OpenAI"),
    pytest.param({"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}, id="audio"),
    pytest.param({"type": "video", "url": "https://example.com/a.mp4"}, id="video"),
    pytest.param({"type": "file", "base64": PDF, "mime_type": "image/png"}, id="file"),
    pytest.param({"image": {"format": "png", "source": {"bytes": b""}}}, id="Bedrock"),
    pytest.param({"inline_data": {"mime_type": "audio/mp3", "data": ""}}, id="Google"),
]


def asked_with(*blocks):
    return HumanMessage([*blocks, {"type": "text", "text": QUESTION}])


@pytest.mark.parametrize("block", DOCUMENTS)
def test_a_document_is_read_and_a_line_stands_for_it(block):
    heard = hear(asked_with(block))
    assert (heard.task, texts(heard)) == (QUESTION, [REPORT])
    line = f"[document 1, {len(REPORT)} characters: read on the user's machine]"
    assert heard.messages[0].content[0] == {"type": "text", "text": line}


@pytest.mark.parametrize(
    "named",
    [
        pytest.param({**PLAIN, "title": "The report"}, id="title"),
        pytest.param({**PLAIN, "extras": {"filename": "The report"}}, id="extras"),
        pytest.param({**PLAIN, "metadata": {"source": "/home/ann/The report"}}, id="path"),
        pytest.param({**PLAIN, "filename": "C:\\ann\\The report"}, id="another path"),
        pytest.param(
            {"document": {"format": "txt", "name": "The report", "source": {"text": REPORT}}},
            id="Bedrock",
        ),
        pytest.param(
            {
                "type": "file",
                "file": {
                    "file_data": f"data:text/plain;base64,{ENCODED}",
                    "filename": "The report",
                },
            },
            id="OpenAI",
        ),
    ],
)
def test_a_document_keeps_its_name(named):
    heard = hear(asked_with(named))
    assert heard.texts[0].name == "The report"
    assert '[document 1 "The report", ' in heard.messages[0].content[0]["text"]


def test_a_title_is_no_path():
    assert parts_of(asked_with({**PLAIN, "title": "Profit/loss"}))[0].name == "Profit/loss"


def test_a_web_address_is_a_name():
    block = {**PLAIN, "metadata": {"source": "https://example.com/a"}}
    assert parts_of(asked_with(block))[0].name == "https://example.com/a"


def test_a_short_document_is_read_too():
    assert texts(hear(asked_with({**PLAIN, "text": "It is 7."}))) == ["It is 7."]


def test_documents_without_names_are_numbered():
    heard = hear(asked_with(PLAIN, {**PLAIN, "text": LETTER}))
    assert [document.name for document in heard.texts] == ["document 1", "document 2"]


@pytest.mark.parametrize("block", FILES)
def test_a_file_that_is_no_text_is_refused(block):
    with pytest.raises(UsageError, match="extract the text"):
        hear(asked_with(block))


@pytest.mark.parametrize("block", MEDIA)
def test_pictures_and_sound_beside_text_are_refused(block):
    with pytest.raises(UsageError, match="ask the remote model directly"):
        hear(asked_with(block, PLAIN))


@pytest.mark.parametrize("block", MEDIA)
def test_pictures_and_sound_alone_stay_as_they_are(block):
    said = asked_with(block)
    assert hear(said).messages[0] is said


def test_a_picture_the_remote_model_made_is_not_refused():
    picture = ours([IMAGE])
    assert texts(hear(HumanMessage("Draw."), picture, asked_with(PLAIN))) == [REPORT]


@pytest.mark.parametrize("kind", ["text", "input_text"])
def test_words_keep_the_type_of_their_block(kind):
    block = {"type": kind, "text": f"{REPORT}\n\n{QUESTION}", "cache_control": {}}
    shown = hear(HumanMessage([block])).messages[0].content[0]
    assert (shown["type"], shown["text"].endswith(QUESTION), len(shown)) == (kind, True, 2)


def test_short_blocks_around_a_text_are_the_question():
    blocks = ["The report:", {"text": REPORT}, "What was revenue?", "In millions."]
    assert hear(HumanMessage(blocks)).task == "The report:\n\nWhat was revenue?\n\nIn millions."


def test_of_many_short_blocks_the_last_asks():
    heard = hear(HumanMessage([*REPORT.split("\n\n"), QUESTION]))
    assert (heard.task, texts(heard)) == (QUESTION, [REPORT])


def test_passages_cited_in_a_short_answer_are_left_out():
    block = {"type": "text", "text": "It rose.", "citations": [{"cited_text": REPORT}]}
    heard = hear(HumanMessage("Q?"), AIMessage([block]), HumanMessage("Who?"))
    assert heard.messages[1].content == [{"type": "text", "text": "It rose."}]


def test_long_thoughts_of_another_model_are_left_out():
    blocks = [{"type": "thinking", "thinking": REPORT, "signature": "x"}, "It rose."]
    heard = hear(HumanMessage("Q?"), AIMessage(blocks), HumanMessage("Who?"), context=LETTER)
    assert heard.messages[1].content == ["It rose."]


def test_calls_in_blocks_keep_all_but_their_long_texts():
    call = {"type": "tool_use", "id": "1", "name": "send", "input": {"to": "Ann", "body": REPORT}}
    heard = hear(HumanMessage("Q?"), AIMessage([call]), HumanMessage("Who?"))
    shown = heard.messages[1].content[0]
    assert (shown["name"], shown["input"]["to"], texts(heard)) == ("send", "Ann", [REPORT])


def test_long_texts_in_blocks_not_known_are_read():
    block = {"type": "tool_result", "tool_use_id": "1", "content": REPORT}
    heard = hear(HumanMessage([block, QUESTION]))
    assert texts(heard) == [REPORT]
    assert heard.messages[0].content[0]["tool_use_id"] == "1"


def test_blocks_not_known_of_many_short_values_are_read_whole():
    block = {"type": "json", "json": [{"row": number} for number in range(99)]}
    heard = hear(HumanMessage("Q?"), ToolMessage([block], tool_call_id="1"))
    assert '{"row": 98}' in texts(heard)[0]
    assert heard.messages[1].content[0]["text"].startswith("[document 1")


def test_blocks_not_known_stay_if_they_are_short():
    said = HumanMessage([{"cachePoint": {"type": "default"}}, QUESTION])
    assert hear(said, context=REPORT).messages[0] is said
