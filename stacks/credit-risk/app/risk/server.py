"""The service over HTTP: JSON in and out, and every failure's traceback in the log."""

import json
import logging
import signal
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from risk.containment import Contained, expect_none
from risk.service import BadRequest, ModelError, NotFound, OutOfRange, Service

log = logging.getLogger(__name__)
LARGEST = 1 << 20


class Server(ThreadingHTTPServer):
    """One thread a connection."""

    request_queue_size = 128
    daemon_threads = True

    def __init__(self, service: Service) -> None:
        super().__init__(("0.0.0.0", service.config.port), Handler)
        self.service = service


class Handler(BaseHTTPRequestHandler):
    """Answers one connection's requests."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    wbufsize = -1  # an answer is sent in one piece
    server: Server

    def parse_request(self) -> bool:
        """A query is no part of what is asked for here."""
        good = super().parse_request()
        if good:
            self.path = self.path.partition("?")[0]
        return good

    def do_GET(self) -> None:
        """Answers what is asked."""
        service = self.server.service
        if self.path == "/health":
            self.answer(service.health, HTTPStatus.SERVICE_UNAVAILABLE)
        elif self.path == "/version":
            self.answer(service.version)
        elif self.path == "/summary":
            self.answer(service.summary)
        else:
            self.answer(lambda: service.found(self.key()))

    def do_POST(self) -> None:
        """Judges what is sent."""
        content = self.content()
        if self.path == "/score":
            self.answer(lambda: self.score(content))
        else:
            self.answer(self.key)

    def score(self, content: bytes) -> dict[str, Any]:
        """Decides on an application, where nothing is contained."""
        expect_none()
        return self.server.service.score(parsed(content))

    def key(self) -> str:
        """The application that a path names."""
        before, _, key = self.path.partition("/score/")
        if before or not key:
            raise NotFound(self.path)
        return unquote(key)

    def content(self) -> bytes:
        """The request's body, of which too long a one is left, and the connection closed."""
        length = self.headers.get("Content-Length", "0")
        if length.isdecimal() and int(length) <= LARGEST:
            return self.rfile.read(int(length))
        self.close_connection = True
        return b""

    def answer(self, act: Callable[[], Any], failed: HTTPStatus = HTTPStatus.INTERNAL_SERVER_ERROR) -> None:
        """Sends what comes of it, or why nothing does."""
        try:
            self.reply(HTTPStatus.OK, act())
        except NotFound as error:
            self.reply(HTTPStatus.NOT_FOUND, {"error": f"there is no {error}"})
        except Contained as error:
            self.reply(HTTPStatus.SERVICE_UNAVAILABLE, {"error": str(error)})
        except BadRequest as error:
            log.warning("%s: refused", self.path, exc_info=True)
            self.reply(HTTPStatus.BAD_REQUEST, {"error": str(error)})
        except ModelError as error:
            log.exception(self.path)
            self.reply(
                failed, {"error": f"model: {error}", **({"pd": error.pd} if isinstance(error, OutOfRange) else {})}
            )
        except Exception as error:
            log.exception(self.path)
            self.reply(failed, {"error": f"{type(error).__name__}: {error}"})

    def reply(self, status: HTTPStatus, said: Any) -> None:
        """Sends one answer."""
        content = json.dumps(said).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Keeps no account of single requests."""


def parsed(content: bytes) -> dict[str, Any]:
    """A request's body."""
    try:
        sent = json.loads(content)
    except ValueError as error:
        raise BadRequest(f"not JSON: {error}") from error
    if not isinstance(sent, dict):
        raise BadRequest("expected a JSON object")
    return sent


def serve(service: Service) -> None:
    """Answers until SIGTERM; SIGHUP reads configuration and model again."""
    server = Server(service)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    signal.signal(signal.SIGHUP, lambda *_: service.reload())
    log.info("listening on port %d", service.config.port)
    server.serve_forever(poll_interval=0.1)
    service.database.close()
