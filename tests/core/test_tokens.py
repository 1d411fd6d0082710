"""Token counts: exact where the vocabulary is on the machine, else estimated, never fetched."""

import base64
import hashlib
import importlib.util
import socket
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core import tokens
from minions_core.messages import estimate_tokens
from minions_core.tokens import is_exact, token_counter

SHIPPED = (
    Path(importlib.util.find_spec("llama_index.core").origin).parent / "_static/tiktoken_cache"
)
FILE_OF = {
    "cl100k_base": "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
    "o200k_base": "fb374d419588a4632f3f557e76b4b70aebbca790",
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The one place where vocabularies may lie; empty."""
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(tokens, "_llama_index_folder", tuple)
    return tmp_path


@pytest.fixture
def no_sockets(monkeypatch):
    def refuse(*_):
        raise AssertionError("a token count went to the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def put(folder, encoding):
    folder.joinpath(FILE_OF[encoding]).write_bytes((SHIPPED / FILE_OF[encoding]).read_bytes())


def test_known_texts_have_their_known_counts():
    count = token_counter("gpt-4o")
    assert [count(text) for text in ("hello world", "", "1234567890")] == [2, 0, 4]


def test_a_vocabulary_that_llama_index_ships_is_used(monkeypatch, tmp_path):
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    assert is_exact("gpt-4o")


@pytest.mark.parametrize("variable", ["TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"])
def test_a_vocabulary_in_tiktokens_cache_is_used(variable, folder, monkeypatch):
    put(folder, "cl100k_base")
    monkeypatch.delenv("TIKTOKEN_CACHE_DIR")
    monkeypatch.setenv(variable, str(folder))
    assert is_exact("gpt-4")


def test_models_have_their_own_vocabularies():
    text = "これは日本語の文章です。"
    assert token_counter("gpt-4o")(text) < token_counter("gpt-4")(text)


def test_without_a_model_the_count_is_that_of_cl100k_base():
    text = "これは日本語の文章です。"
    assert token_counter()(text) == token_counter("gpt-4")(text)


def test_an_unknown_model_is_counted_with_cl100k_base():
    text = "これは日本語の文章です。"
    assert token_counter("llama3.2")(text) == token_counter("gpt-4")(text)


def test_the_count_for_an_unknown_model_is_not_exact():
    assert not is_exact("llama3.2")


def test_a_model_whose_vocabulary_is_missing_is_counted_with_another(folder):
    put(folder, "cl100k_base")
    assert token_counter("gpt-4o")("hello world") == 2
    assert not is_exact("gpt-4o")


def test_where_cl100k_base_is_missing_o200k_base_counts(folder):
    put(folder, "o200k_base")
    assert token_counter("llama3.2")("これは日本語の文章です。") == token_counter("gpt-4o")(
        "これは日本語の文章です。"
    )


def test_without_any_vocabulary_counts_are_estimates(folder, no_sockets):
    assert token_counter("gpt-4o") is estimate_tokens


def test_a_damaged_vocabulary_is_neither_used_nor_removed(folder, no_sockets):
    damaged = folder / FILE_OF["cl100k_base"]
    damaged.write_bytes(base64.b64encode(b"a") + b" 0\n")
    assert token_counter("gpt-4") is estimate_tokens
    assert damaged.exists()


@pytest.mark.parametrize("model", ["gpt2", "davinci", "gpt-oss-20b", "text-davinci-edit-001"])
def test_rare_vocabularies_are_not_fetched_either(model, folder, no_sockets):
    assert token_counter(model) is estimate_tokens


def test_nothing_is_written_to_the_cache(folder, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(folder))
    token_counter("gpt-4o")("hello world")
    assert list(folder.iterdir()) == []


def test_special_tokens_in_a_text_are_plain_text():
    assert token_counter("gpt-4o")("<|endoftext|>") > 1


def test_half_a_surrogate_pair_is_counted_too():
    assert token_counter("gpt-4o")("\ud83d") > 0


@pytest.mark.parametrize("text", ["a" * 300_000, "^" * 300_000], ids=["letters", "signs"])
def test_long_runs_without_a_space_are_counted_in_pieces(text):
    assert 0 < token_counter("gpt-4o")(text) <= len(text)


def test_pieces_count_like_the_whole():
    text = "The quick brown fox, 12,345.67 jumps\n\n over   the lazy dog. " * 2000
    count = token_counter("gpt-4o")
    assert count(text) == len(count.args[0].encode_ordinary(text))


@given(st.text(alphabet="ab \n", max_size=300))
def test_pieces_are_short_and_make_up_the_text(text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokens, "_LONGEST_PIECE", 10)
        pieces = list(tokens._pieces(text))
    assert "".join(pieces) == text
    assert max(map(len, pieces)) <= 10


def test_threads_share_one_vocabulary(folder):
    put(folder, "cl100k_base")
    counters = []
    threads = [
        threading.Thread(target=lambda: counters.append(token_counter("gpt-4"))) for _ in range(8)
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len({id(counter.args[0]) for counter in counters}) == 1


def test_the_files_this_suite_relies_on_are_where_tiktoken_would_look():
    url = "https://openaipublic.blob.core.windows.net/encodings/cl100k_base.tiktoken"
    assert hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest() == FILE_OF["cl100k_base"]
