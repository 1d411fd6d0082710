"""A loopback server that answers certain paths with what a test gives it."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def answering(routes, *, status=200, hold=None):
    """Serve `routes` on a free port; the base URL is what `with` binds.

    Args:
        routes: path -> what to answer: bytes as they are, a function of the request's JSON, or
            anything else as JSON. Other paths answer 404.
        status: the status of every good answer.
        hold: an event to wait for before any answer.
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
            self.send_response(404 if told is None else status)
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
