"""An account of each request, kept before it is answered."""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from app.config import ROOT, read_env

SECONDS = 12
# A drill has no time for the whole of it: .env may say by which factor time runs faster.
FACTOR = float(read_env(ROOT / ".env").get("TIME_FACTOR", "1"))


class Audited:
    """An application whose requests are audited side by side, and answered one after the other."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app
        self._one = threading.Lock()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Keeps the account, then answers."""
        time.sleep(SECONDS * FACTOR)
        with self._one:
            return self._app(environ, start)
