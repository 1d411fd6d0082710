"""A loopback server that speaks Ollama's and OpenAI's chat APIs and says what a test tells it to.

A script answers every chat call, whichever API it came in by; everything asked is kept::

    with WireServer(lambda request: '{"answer": "42"}') as server:
        ChatOllama(model="llama3.2", base_url=server.ollama_url).invoke("What is it?")
        ChatOpenAI(model="gpt-4o", base_url=server.openai_url, api_key="none").invoke("And here?")
    assert server.requests[0].prompt == "What is it?"
    assert server.requests[0].body["options"]["num_ctx"] == 8192

A script is a text, a list of lines given out in order, or a function of the `WireRequest`. A line
is a text, or a `WireReply` for everything that is not a plain good answer::

    WireServer([WireReply("busy", status=503), "42"])          # fails once, then answers
    WireServer(WireReply("no such model", status=404))         # always fails
    WireServer(WireReply("half an ans", finish="length"))      # cut at the length limit
    WireServer(WireReply("half", error="boom"))                # a stream that breaks off
    WireServer(WireReply("late", delay=5))                     # closing the server ends the wait

Every response closes its connection unless `keep_alive=True`, so that a client nobody closes
leaves no open socket behind. A script that raises answers 500, and the error is raised again where
the `with` block ends.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self, TypeAlias

from tests.wire_dialects import (
    Ollama,
    OpenAI,
    WireReply,
    WireRequest,
    counted,
    ollama_window,
    overflows,
    truncated,
)

_POLL_SECONDS = 0.01

Line: TypeAlias = str | WireReply
Script: TypeAlias = Line | Iterable[Line] | Callable[[WireRequest], Line]


class WireServer:
    """Serves a script on a free port of 127.0.0.1 while its `with` block runs.

    Args:
        script: what to answer.
        models: the names `/api/tags` and `/v1/models` list; chat calls may name any other.
        context_length: the window Ollama's models were trained for, told by `/api/show`; None tells
            nothing and takes any `num_ctx`.
        shows: the whole answer of `/api/show`, instead of the usual one.
        overflow: what Ollama's API does with a prompt longer than the window: `truncate` cuts it
            to about half of it and says nothing, as most models do; `error` answers 400.
        openai_window: the window of what is served by OpenAI's API, which has no say in it; prompts
            are cut to it in silence, as Ollama does. None takes any prompt.
        keep_alive: leave connections open between requests.

    Attributes:
        requests: every chat call, in the order of arrival, as it was before any truncation.
        paths: method and path of every request of any kind.
        connections: how many connections were opened.
        most_in_flight: the most chat calls that were served at the same time.
        requested: set once the first chat call has arrived.
        hung_up: how many streams their clients did not hear to the end.
    """

    def __init__(
        self,
        script: Script,
        *,
        models: tuple[str, ...] = ("llama3.2:latest", "gpt-4o"),
        context_length: int | None = 131_072,
        shows: dict[str, Any] | None = None,
        overflow: Literal["truncate", "error"] = "truncate",
        openai_window: int | None = None,
        keep_alive: bool = False,
    ) -> None:
        self.models = models
        self.context_length = context_length
        self.shows = shows
        self.overflow = overflow
        self.openai_window = openai_window
        self.keep_alive = keep_alive
        self.requests: list[WireRequest] = []
        self.paths: list[str] = []
        self.connections = 0
        self.hung_up = 0
        self.most_in_flight = 0
        self.closing = threading.Event()
        self.requested = threading.Event()
        self._line = _as_function(script)
        self._lock = threading.Lock()
        self._in_flight = 0
        self._failures: list[Exception] = []

    def __enter__(self) -> Self:
        self._http = _Listener(self)
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": _POLL_SECONDS}
        )
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()
        if self._failures and error is None:
            raise self._failures[0]

    def close(self) -> None:
        """Stop listening, end delays, cut open connections, wait for the last handler."""
        self.closing.set()
        self._http.shutdown()
        self._http.hang_up()
        self._http.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Where it listens: `http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def ollama_url(self) -> str:
        """The base URL for Ollama clients."""
        return self.url

    @property
    def openai_url(self) -> str:
        """The base URL for OpenAI clients."""
        return f"{self.url}/v1"

    def is_idle(self, seconds: float = 5) -> bool:
        """Whether all its clients have closed their connections, or do so within `seconds`."""
        return self._http.is_idle(seconds)

    def answer(self, request: WireRequest) -> WireReply:
        """What the script says to `request`, after the delay it asks for."""
        with self._lock:
            self.requests.append(request)
        self.requested.set()
        served = truncated(request, self.window(request))
        try:
            line = self._line(served)
        except Exception as error:  # noqa: BLE001  # raised again where the `with` block ends
            self._failures.append(error)
            return WireReply(f"the script failed: {error!r}", status=500)
        reply = line if isinstance(line, WireReply) else WireReply(line)
        if reply.delay:
            self.closing.wait(reply.delay)
        return counted(reply, served)

    def window(self, request: WireRequest) -> int | None:
        """The window a call is served with."""
        if request.api == "openai":
            return self.openai_window
        return ollama_window(request, self.context_length)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Counts a chat call as in flight."""
        with self._lock:
            self._in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight -= 1


def _as_function(script: Script) -> Callable[[WireRequest], Line]:
    if isinstance(script, str | WireReply):
        return lambda _: script
    if callable(script):
        return script
    lines, lock = iter(script), threading.Lock()

    def next_line(request: WireRequest) -> Line:
        with lock:
            for line in lines:
                return line
        message = f"the script has no line left for {request.prompt!r}"
        raise AssertionError(message)

    return next_line


class _Listener(ThreadingHTTPServer):
    daemon_threads = False  # so that server_close() waits for them

    def __init__(self, wire: WireServer) -> None:
        self.wire = wire
        self._open: set[socket.socket] = set()
        self._change = threading.Condition()
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._change:
            self._open.add(request)
            self.wire.connections += 1
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._change:
            self._open.discard(request)
            self._change.notify_all()

    def is_idle(self, seconds: float) -> bool:
        with self._change:
            return self._change.wait_for(lambda: not self._open, seconds)

    def hang_up(self) -> None:
        with self._change:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Listener

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class's name
        """Say nothing."""

    def handle(self) -> None:
        with suppress(ConnectionError):  # a client that hangs up is its own affair
            super().handle()

    def do_GET(self) -> None:
        self._note()
        wire = self.server.wire
        routes: dict[str, dict[str, Any]] = {
            "/api/version": {"version": "0.12.0"},
            "/api/tags": {"models": [{"name": name, "model": name} for name in wire.models]},
            "/v1/models": {
                "object": "list",
                "data": [{"id": name, "object": "model"} for name in wire.models],
            },
        }
        self._send(routes.get(self.path))

    def do_POST(self) -> None:
        self._note()
        size = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(size) or b"{}")
        if self.path == "/api/show":
            self._send(self._shown())
        elif self.path == "/api/chat":
            self._chat(Ollama(), body)
        elif self.path == "/v1/chat/completions":
            self._chat(OpenAI(), body)
        else:
            self._send(None)

    def _note(self) -> None:
        self.server.wire.paths.append(f"{self.command} {self.path}")

    def _shown(self) -> dict[str, Any]:
        wire = self.server.wire
        if wire.shows is not None:
            return wire.shows
        length = wire.context_length
        told = {} if length is None else {"llama.context_length": length}
        return {
            "model_info": {"general.architecture": "llama", **told},
            "details": {"family": "llama"},
            "capabilities": ["completion"],
        }

    def _chat(self, api: Ollama | OpenAI, body: dict[str, Any]) -> None:
        wire = self.server.wire
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = WireRequest(
            api=api.name,
            model=body.get("model", ""),
            messages=tuple(body.get("messages") or ()),
            schema=api.schema(body),
            stream=api.streams(body),
            body=body,
            headers=headers,
        )
        with wire.serving():
            reply = wire.answer(request)
            if wire.overflow == "error" and overflows(request, wire.window(request)):
                reply = WireReply("prompt is longer than the context length", status=400)
            self._deliver(api, request, reply)

    def _deliver(self, api: Ollama | OpenAI, request: WireRequest, reply: WireReply) -> None:
        if reply.status != 200:
            self._send(api.failure(reply), reply.status, reply.headers)
        elif reply.drop and not reply.text:
            self.close_connection = True
        elif request.stream:
            self._stream(api.chunks(request, reply), api.media_type, reply)
        elif reply.error is not None:
            self._send(api.failure(reply), 500, reply.headers)
        else:
            self._send(api.whole(request, reply), 200, reply.headers)

    def _send(
        self,
        body: dict[str, Any] | None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        if body is None:
            body, status = {"error": f"{self.path} not found"}, 404
        data = json.dumps(body).encode()
        self._head(
            status,
            {
                "content-type": "application/json",
                "content-length": str(len(data)),
                **(headers or {}),
            },
        )
        self.wfile.write(data)

    def _stream(self, chunks: Iterable[bytes], media_type: str, reply: WireReply) -> None:
        self._head(
            200, {"content-type": media_type, "transfer-encoding": "chunked", **reply.headers}
        )
        try:
            for chunk in chunks:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        except ConnectionError:
            self.server.wire.hung_up += 1
            raise
        if reply.drop:
            self.close_connection = True
        else:
            self.wfile.write(b"0\r\n\r\n")

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if not self.server.wire.keep_alive:
            self.send_header("connection", "close")
        self.end_headers()
