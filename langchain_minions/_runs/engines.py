"""The engines of a chain or chat model: one for each run, with what all its runs share."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.utils import ConfigurableFieldSpec, get_unique_config_specs

from langchain_minions._models.model import as_model
from minions_core.config import RunConfig
from minions_core.drivers import Permits
from minions_core.engine import Engine, Minion, Minions, permits_for
from minions_core.journal import Journal
from minions_core.prompts.own import refuse_unfit

Protocol: TypeAlias = Literal["minion", "minions"]

PROTOCOLS: dict[Protocol, type[Engine[Any]]] = {"minion": Minion, "minions": Minions}


class Shared:
    """The permits of runs that share a chain, so that many together keep to its limits, too.

    A copy of a chain shares them with it; one made of a pickle has its own. They tell no chain from
    another.
    """

    def __init__(self) -> None:
        self._permits: dict[tuple[int, int], Permits] = {}
        self._lock = threading.Lock()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Shared)

    def __hash__(self) -> int:
        return hash(Shared)

    def __deepcopy__(self, memo: object) -> Shared:
        return self

    def __reduce__(self) -> tuple[type[Shared], tuple[()]]:
        return Shared, ()

    def permits_for(self, settings: RunConfig) -> Permits:
        """The permits of all runs with these limits on calls in flight."""
        limits = settings.local_concurrency, settings.remote_concurrency
        with self._lock:
            return self._permits.setdefault(limits, permits_for(settings))


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """Makes the engine of a run.

    Attributes:
        protocol: which of the two.
        local: the model beside the data, as the user gave it.
        remote: the model paid by the token, as the user gave it.
        settings: the protocol's settings.
        journal: where replies are kept, or None.
        shared: what this has in common with the engines of other runs.

    Raises:
        UsageError: the settings have prompts that cannot take the place of the protocol's own.
    """

    protocol: Protocol
    local: Any
    remote: Any
    settings: RunConfig
    journal: Journal | None = None
    shared: Shared = field(default_factory=Shared)

    def __post_init__(self) -> None:
        refuse_unfit(self.settings.prompts, self.protocol)

    def at_once(self, calls: int | None) -> Engines:
        """The same, with another limit on local calls in flight, if one is given."""
        if not calls:
            return self
        settings = self.settings.model_copy(update={"local_concurrency": calls})
        return replace(self, settings=settings)

    @property
    def config_specs(self) -> list[ConfigurableFieldSpec]:
        """What of the models can be configured when they are called."""
        return get_unique_config_specs(
            spec
            for model in (self.local, self.remote)
            if isinstance(model, Runnable)
            for spec in model.config_specs
        )

    def engine(self, children: RunnableConfig | None, *, streams: bool) -> Engine[Any]:
        """An engine whose model calls are child runs.

        Args:
            children: the config of the child runs; with it, its `max_concurrency` is the limit on
                local calls in flight. None for calls that leave no trace.
            streams: whether models should be asked to stream where the protocol would show it.
        """
        chosen = self.at_once(children.get("max_concurrency") if children else None)
        return PROTOCOLS[self.protocol](
            as_model(self.local, children, streams=streams),
            as_model(self.remote, children, streams=streams),
            config=chosen.settings,
            journal=self.journal,
            permits=self.shared.permits_for(chosen.settings),
        )
