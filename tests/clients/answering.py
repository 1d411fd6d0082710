"""A loopback server that answers certain paths with what a test gives it."""

import base64
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from minions_core.clients.reachable import reachable

NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody listens
SHOWN = {
    "model_info": {"general.architecture": "llama", "llama.context_length": 131_072},
    "capabilities": ["completion", "tools"],
}


@contextmanager
def answering(routes, *, status=200, hold=None, password=None):
    """Serve `routes` on a free port; the base URL is what `with` binds.

    Args:
        routes: path -> what to answer: bytes as they are, a function of the request's JSON, or
            anything else as JSON. Other paths answer 404.
        status: the status of every good answer.
        hold: an event to wait for before any answer.
        password: what must come with each request, as `user:password`; else it is answered 401.
    """

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args):
            """Say nothing."""

        def do_GET(self):
            self.answer(None)

        def do_POST(self):
            self.answer(json.loads(self.rfile.read(int(self.headers["content-length"]))))

        def answer(self, asked):
            if hold:
                hold.wait(10)
            told = routes.get(self.path)
            told = told(asked) if callable(told) else told
            body = told if isinstance(told, bytes) else json.dumps(told).encode()
            good = status if self.headers["authorization"] == _sent_with(password) else 401
            self.send_response(404 if told is None else good)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False  # so that closing waits for them
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        if hold:
            hold.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _sent_with(password):
    return password and f"Basic {base64.b64encode(password.encode()).decode()}"


def ollama(monkeypatch, *tags, shown=SHOWN):
    """What is found of an Ollama with these tags."""
    with answering({"/api/tags": {"models": list(tags)}, "/api/show": shown}) as url:
        monkeypatch.setenv("OLLAMA_HOST", url)
        return reachable(usual=()).servers[0]


def found(listing, **routes):
    """What is found of a server that lists this."""
    with answering({"/v1/models": listing, **routes}) as url:
        return reachable([url], usual=()).servers[1]


def entries(*listed):
    return {"object": "list", "data": list(listed)}
