"""How many tokens a text is, without ever asking the network.

Exact where the vocabulary of the model is already on the machine: in tiktoken's own cache, or in
the folder that llama-index-core ships. A vocabulary is used only if its checksum is the one
tiktoken knows; a missing or damaged one is never fetched. Everywhere else, an estimate.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import os
import tempfile
import threading
from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from minions_core.messages import TokenCounter, estimate_tokens

if TYPE_CHECKING:
    from tiktoken import Encoding

_FALLBACKS = ("cl100k_base", "o200k_base")
_LONGEST_PIECE = 20_000  # characters; tiktoken slows down on long runs without a space
_lock = threading.Lock()


def token_counter(model: str | None = None) -> TokenCounter:
    """A function that counts the tokens of a text, as `model` would or nearly so.

    Counts with the model's own vocabulary if it is on the machine, else with cl100k_base or
    o200k_base if one of them is, else by `estimate_tokens`. What looks like a special token in a
    text is counted as the plain text it is. The counter may be shared by threads.
    """
    own = _own_encoding(model)
    for name in (own, *_FALLBACKS):
        encoding = _on_this_machine(name) if name else None
        if encoding:
            return partial(_count, encoding)
    return estimate_tokens


def is_exact(model: str) -> bool:
    """Whether `token_counter(model)` counts with the model's own vocabulary."""
    own = _own_encoding(model)
    return own is not None and _on_this_machine(own) is not None


def _own_encoding(model: str | None) -> str | None:
    from tiktoken.model import encoding_name_for_model

    try:
        return encoding_name_for_model(model) if model else None
    except KeyError:
        return None


def _count(encoding: Encoding, text: str) -> int:
    return sum(len(encoding.encode_ordinary(piece)) for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str]:
    """`text` in pieces, cut before a space where there is one, since tokens begin with theirs."""
    start = 0
    while len(text) - start > _LONGEST_PIECE:
        limit = start + _LONGEST_PIECE
        space = max(text.rfind(" ", start + 1, limit), text.rfind("\n", start + 1, limit))
        cut = space if space > start else limit
        yield text[start:cut]
        start = cut
    yield text[start:]


def _on_this_machine(name: str) -> Encoding | None:
    with _lock:  # reading a vocabulary takes a while: once is enough
        return _load(name, _folders())


def _folders() -> tuple[Path, ...]:
    """Where vocabularies may lie, in the order of trust."""
    environment = os.environ.get("TIKTOKEN_CACHE_DIR") or os.environ.get("DATA_GYM_CACHE_DIR")
    own = Path(environment) if environment else Path(tempfile.gettempdir()) / "data-gym-cache"
    return (own, *_llama_index_folder())


@lru_cache(maxsize=1)
def _llama_index_folder() -> tuple[Path, ...]:
    try:
        spec = importlib.util.find_spec("llama_index.core")
    except ImportError:
        return ()
    places = (spec.submodule_search_locations if spec else None) or ()
    return tuple(Path(place) / "_static" / "tiktoken_cache" for place in places)


@lru_cache(maxsize=8)
def _load(name: str, folders: tuple[Path, ...]) -> Encoding | None:
    """The encoding, built by tiktoken's own recipe from a vocabulary in `folders`, or None.

    The recipes are in a module whose way of loading files may go to the network, so a private copy
    of the module is made, which loads them our way.
    """
    import tiktoken

    spec = importlib.util.find_spec("tiktoken_ext.openai_public")
    if spec is None or spec.loader is None:
        return None
    recipes: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(recipes)
    recipes.load_tiktoken_bpe = partial(_vocabulary, folders)
    recipes.data_gym_to_mergeable_bpe_ranks = _not_here
    try:
        return tiktoken.Encoding(**recipes.ENCODING_CONSTRUCTORS[name]())
    except LookupError:
        return None


def _vocabulary(
    folders: tuple[Path, ...], url: str, expected_hash: str | None = None
) -> dict[bytes, int]:
    """The vocabulary tiktoken would fetch from `url`, from the folders it may lie in.

    Raises:
        LookupError: none of them has it undamaged.
    """
    file_name = hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest()
    for folder in folders:
        try:
            data = (folder / file_name).read_bytes()
        except OSError:
            continue
        if hashlib.sha256(data).hexdigest() == expected_hash:
            pairs = (line.split() for line in data.splitlines() if line)
            return {base64.b64decode(token): int(rank) for token, rank in pairs}
    raise LookupError(url)


def _not_here(*_: object, **__: object) -> NoReturn:
    raise LookupError("the vocabulary of GPT-2 is never on the machine in the form it is needed")
