"""Stands in for the services outside the host, the model and the bank: outside.py PORT.

PUT /delay with a number of seconds makes each later answer wait that long; 0 ends it.
"""

import json
import math
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANSWERS: dict[str, dict[str, object]] = {
    "/chat": {"reply": "你好"},
    "/charge": {"approved": True},
}


class Outside(BaseHTTPRequestHandler):
    """Answers every question with what is written down for its path."""

    delay = 0.0

    def do_POST(self) -> None:
        """Answers a question, after the delay."""
        self.sent()
        time.sleep(Outside.delay)
        if self.path in ANSWERS:
            self.answer(200, ANSWERS[self.path])
        else:
            self.answer(404, {"error": "no such service"})

    def do_PUT(self) -> None:
        """Sets the delay."""
        try:
            seconds = float(self.sent())
        except ValueError:
            seconds = math.nan
        if self.path == "/delay" and 0 <= seconds < math.inf:
            Outside.delay = seconds
            self.answer(200, {"delay": seconds})
        else:
            self.answer(400, {"error": "PUT /delay takes a number of seconds"})

    def sent(self) -> bytes:
        """The body of the request."""
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def answer(self, status: int, content: dict[str, object]) -> None:
        """Sends JSON."""
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer(("", int(sys.argv[1])), Outside).serve_forever()
