"""A worker that counts how many of it are at work together."""

import threading

from tests.langchain.scripted import reads


class Gauge:
    """Counts how many calls are in flight together."""

    def __init__(self):
        self.lock = threading.Lock()
        self.now = 0
        self.most = 0

    def read(self, messages):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        threading.Event().wait(0.005)
        with self.lock:
            self.now -= 1
        return reads(messages)
