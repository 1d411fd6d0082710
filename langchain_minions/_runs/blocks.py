"""The content of a message, told apart: words, documents, and what cannot be read as text.

Blocks come in the dialects of LangChain (its standard, and that before 1.0), OpenAI, Anthropic,
Google and Bedrock. `BaseMessage.content_blocks` knows them, too, but leaves out names of documents
and fails on some that chat models take.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import Any, Literal, TypeAlias, cast

from langchain_core.messages import BaseMessage

Block: TypeAlias = Mapping[str, Any]
Kind: TypeAlias = Literal["words", "document", "file", "media", "other"]

_WORDS = frozenset(("text", "input_text", "output_text"))
_WRAPPERS = ("file", "document", "inline_data", "inlineData", "file_data", "fileData")
_FILES = frozenset(
    ("text-plain", "input_file", "search_result", "media", "container_upload", *_WRAPPERS)
)
_MEDIA = frozenset(
    ("image", "image_url", "input_image", "audio", "input_audio", "video", "video_url")
)
_ENCODED = ("base64", "data", "bytes", "file_data", "url")
_TITLES = ("title", "name")
_PATHS = ("filename", "file_name", "source")
_TEXTUAL = frozenset(
    ("csv", "html", "json", "markdown", "md", "ndjson", "txt", "x-ndjson", "x-yaml", "xml", "yaml")
)


@dataclass(frozen=True, slots=True)
class Part:
    """A block of a message, or all of one whose content is a string.

    Attributes:
        kind: `words` are what somebody says; a `document` brings its text with it; a `file` is one
            whose text is not there; `media` are pictures, sound and film; `other` is the rest, such
            as calls of tools.
        given: the block itself.
        text: the text of words and documents.
        name: what people call a document; empty if it has no name.
    """

    kind: Kind
    given: str | Block
    text: str = ""
    name: str = ""


def parts_of(message: BaseMessage) -> list[Part]:
    """The content of a message in its parts, in order."""
    content = cast("str | list[str | dict[str, Any]]", message.content)
    return [_words(content)] if isinstance(content, str) else [_part(block) for block in content]


def _part(block: str | Block) -> Part:
    if isinstance(block, str):
        return _words(block)
    kind = block.get("type")
    text = block.get("text")
    if isinstance(text, str) and (kind is None or kind in _WORDS):
        return Part("words", block, text)
    kinds = {kind} if isinstance(kind, str) else block.keys()
    if kinds & _MEDIA:
        return Part("media", block)
    return _file(block) if kinds & _FILES else Part("other", block)


def _words(text: str) -> Part:
    return Part("words", text, text)


def _file(block: Block) -> Part:
    layers = list(_layers(block))
    media_type = _media_type(layers)
    if media_type.startswith(("image/", "audio/", "video/")):
        return Part("media", block)
    texts = (text for layer in layers for text in _texts(layer, media_type))
    text = next(texts, None)
    return Part("file", block) if text is None else Part("document", block, text, _name(layers))


def _layers(block: Block) -> Iterator[Block]:
    """A block and the mappings in it that may hold text, name or type of a document."""
    yield block
    for name in (*_WRAPPERS, "source", "metadata", "extras"):
        inner = block.get(name)
        if isinstance(inner, Mapping):
            yield from _layers(cast("Block", inner))


def _media_type(layers: Sequence[Block]) -> str:
    """The type of a document, such as `text/plain`, or its ending; empty if it is not told."""
    told = (
        str(layer[key])
        for layer in layers
        for key in ("mime_type", "mimeType", "media_type", "format")
        if layer.get(key)
    )
    urls = (value for layer in layers for value in map(layer.get, _ENCODED))
    in_url = (_header(value) for value in urls if isinstance(value, str))
    return next(filter(None, (*told, *in_url)), "").lower()


def _header(value: str) -> str:
    """The type in a data URL; empty for other strings."""
    return value[5:100].partition(",")[0].partition(";")[0] if value.startswith("data:") else ""


def _texts(layer: Block, media_type: str) -> Iterator[str]:
    is_plain = "text" in {layer.get("type"), layer.get("source_type")}
    for key in ("text", *(("data", "url") if is_plain else ())):
        if isinstance(layer.get(key), str):
            yield layer[key]
    yield from _contents(layer.get("content"))
    if not is_plain and _is_textual(media_type):
        yield from (text for key in _ENCODED for text in _decoded(layer.get(key), key))


def _contents(content: object) -> Iterator[str]:
    """A document given as blocks of words; nothing if there is another block among them."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, list) and content:
        parts = [_part(block) for block in cast("list[str | Block]", content)]
        if all(part.kind == "words" for part in parts):
            yield "\n\n".join(part.text for part in parts)


def _is_textual(media_type: str) -> bool:
    main, _, kind = media_type.partition(";")[0].rpartition("/")
    return main == "text" or kind.rpartition("+")[2] in _TEXTUAL


def _decoded(value: object, key: str) -> Iterator[str]:
    try:
        if isinstance(value, bytes):
            yield value.decode("utf-8-sig")
        elif isinstance(value, str) and value.startswith("data:"):
            yield from _decoded(value.partition(",")[2], "data")
        elif isinstance(value, str) and key != "url":
            yield base64.b64decode(value, validate=True).decode("utf-8-sig")
    except (binascii.Error, UnicodeDecodeError):
        return


def _name(layers: Sequence[Block]) -> str:
    """What people call a document: its title, or the file name, without the path to it."""
    path = _told(_PATHS, layers)
    return _told(_TITLES, layers) or (path if "://" in path else PureWindowsPath(path).name)


def _told(keys: Sequence[str], layers: Sequence[Block]) -> str:
    told = (layer.get(key) for key in keys for layer in layers)
    return next((value for value in told if isinstance(value, str) and value.strip()), "")
