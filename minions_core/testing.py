"""Models that follow a script, and protocols played by hand: for our tests, and for yours.

A test reads as the conversation it is about::

    remote = ScriptedModel(["```python ...```", "<answer>42 [1]</answer>"], name="gpt-4o")
    local = ScriptedModel(lambda ask: '{"answer": "42", "citation": "It is 42."}')
    result = Minions(local, remote).run(task="What is it?", context=["It is 42."])
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from minions_core.effects import Ask, Emit, Gather, RunPlan
from minions_core.messages import Reply, Usage, estimate_tokens

if TYPE_CHECKING:
    from minions_core.effects import AnyEffect, Effect, Steps
    from minions_core.models import OnText

T = TypeVar("T")
Line: TypeAlias = "str | Reply | Exception"
"""What a scripted model does when called: say this, or fail like that."""

_PIECE_CHARS = 12


class ScriptedModel:
    """A model that says what it is told to, and remembers what it was asked.

    Args:
        script: lines given out in the order of the calls, or a function of the call, which keeps
            concurrent calls in order whatever their timing.
        name: what the model calls itself; prices go by it.
        context_window: the window it claims to have.

    A string becomes a `Reply` with estimated usage; an exception is raised. When asked to stream,
    a reply arrives in pieces of a dozen characters. A script that runs out fails the test.
    """

    def __init__(
        self,
        script: Iterable[Line] | Callable[[Ask], Line],
        *,
        name: str = "scripted",
        context_window: int | None = None,
    ) -> None:
        self.name = name
        self.context_window = context_window
        self.asked: list[Ask] = []
        self._line = script if callable(script) else _in_order(iter(script))
        self._lock = threading.Lock()

    def reply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """The next line of the script."""
        with self._lock:
            self.asked.append(ask)
            line = self._line(ask)
        if isinstance(line, Exception):
            raise line
        answer = line if isinstance(line, Reply) else self._spoken(line, ask)
        if on_text:
            for start in range(0, len(answer.text), _PIECE_CHARS):
                on_text(answer.text[start : start + _PIECE_CHARS])
        return answer

    async def areply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """The next line of the script."""
        return self.reply(ask, on_text)

    def _spoken(self, text: str, ask: Ask) -> Reply:
        prompt = sum(estimate_tokens(message.content) for message in ask.messages)
        usage = Usage(input_tokens=prompt, output_tokens=estimate_tokens(text))
        return Reply(text=text, usage=usage, model=self.name)


def _in_order(lines: Iterator[Line]) -> Callable[[Ask], Line]:
    def next_line(ask: Ask) -> Line:
        try:
            return next(lines)
        except StopIteration:
            message = f"the script has no line left for {ask.role} {ask.label}"
            raise AssertionError(message) from None

    return next_line


class Play(Generic[T]):
    """A protocol played by hand, one effect at a time.

        play = Play(work(JOB))
        assert "Task: ..." in play.expects(Ask).messages[-1].content
        play.answers(Reply(text="not json"))
        ...
        assert play.result.status == "unparsable"

    `Emit`s are answered by themselves and kept in `events`.
    """

    def __init__(self, steps: Steps[T]) -> None:
        self.events: list[Any] = []
        self._steps = steps
        self._done = False
        self._result: T | None = None
        self._effect: AnyEffect | None = None
        self._go(lambda: next(self._steps))

    def expects(self, kind: type[E]) -> E:
        """The effect the protocol waits on, which must be of this kind."""
        assert isinstance(self._effect, kind), f"expected {kind.__name__}, got {self._effect!r}"
        return self._effect

    def answers(self, answer: object) -> Play[T]:
        """Send the answer to the effect the protocol waits on; a string becomes a `Reply`."""
        value = Reply(text=answer) if isinstance(answer, str) else answer
        self._go(lambda: self._steps.send(value))
        return self

    def fails(self, error: Exception) -> Play[T]:
        """Raise `error` at the effect the protocol waits on."""
        self._go(lambda: self._steps.throw(error))
        return self

    @property
    def running(self) -> bool:
        """Whether the protocol still waits on something."""
        return not self._done

    @property
    def result(self) -> T:
        """What the protocol came to; it must be over."""
        assert self._done, f"the protocol still waits on {self._effect!r}"
        return self._result  # type: ignore[return-value]  # set when done

    def _go(self, advance: Callable[[], AnyEffect]) -> None:
        try:
            effect = advance()
            while isinstance(effect, Emit):
                self.events.append(effect.event)
                effect = self._steps.send(None)
        except StopIteration as stop:
            self._done, self._result, self._effect = True, stop.value, None
        else:
            self._effect = effect


E = TypeVar("E", Ask, Gather[Any], RunPlan, Emit)

__all__ = ["Line", "Play", "ScriptedModel"]
if TYPE_CHECKING:
    _: type[Effect[Any]] = Ask
