"""Permits for calls of a model that several tools have in common."""

from __future__ import annotations

import threading
from weakref import WeakValueDictionary

from langchain_minions._runs.engines import Shared

_SHARED: WeakValueDictionary[object, Shared] = WeakValueDictionary()
_LOCK = threading.Lock()


def shared_over(local: object) -> Shared:
    """What all chains share that are made over one local model, while there are any.

    An agent asks several tools at once, and it is one machine that bears the local calls of all.

    Args:
        local: the model as the user gave it; the same object or the same name is the same model.
            Whoever keeps what is returned keeps the model, too: it is known by its place.
    """
    model = local if isinstance(local, str) else id(local)
    with _LOCK:
        return _SHARED.setdefault(model, Shared())
