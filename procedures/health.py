"""Whether the host is well: the right release answers, the right page is served, the database holds what it must."""

from __future__ import annotations

import http.client
import sqlite3
import ssl
import time
import urllib.request
from pathlib import Path
from typing import Collection, Dict, Optional

import database
import release
from config import Config
from database import Check
from exits import Failure, described
from release import Release

_ANSWER_S = 2.0


def checks(config: Config, kinds: Collection[str], installed: Optional[Release]) -> Dict[str, Check]:
    """Every check of these kinds."""
    return {**served(config, kinds, installed), **stored(config, kinds, installed)}


def served(
    config: Config,
    kinds: Collection[str],
    installed: Optional[Release],
    seconds: float = 0.0,
    excused: Collection[str] = (),
) -> Dict[str, Check]:
    """The checks of what answers, with so many seconds to become well; those that need not hold are not waited for."""
    results = {}
    if "backend" in kinds or "database" in kinds:
        results["service"] = _service(config, installed, 0.0 if "service" in excused else seconds)
    if "site" in kinds:
        page = config.live("site") / config.site_page
        results["page"] = _page(config.site_url, page, 0.0 if "page" in excused else seconds)
    return results


def stored(config: Config, kinds: Collection[str], installed: Optional[Release]) -> Dict[str, Check]:
    """The checks of the live database, or only whether it fits the release."""
    if "database" not in kinds and "backend" not in kinds:
        return {}
    schema = installed and installed.schema
    try:
        with database.live(config.database.path) as connection:
            if "database" in kinds:
                return database.checks(connection, config.database, schema)
            number = database.user_version(connection)
            return {"schema": Check(number == schema, str(number))}
    except (OSError, ValueError, sqlite3.Error) as error:
        return {"integrity" if "database" in kinds else "schema": Check(False, described(error))}


def installed_release(config: Config) -> Optional[Release]:
    """The release on disk; None where that is damaged, too."""
    try:
        return release.on_disk(config.release_file)
    except Failure:
        return None


def _service(config: Config, installed: Optional[Release], seconds: float) -> Check:
    if installed is None:
        return Check(False, f"{config.release_file} does not say which release is installed")
    found = release.wait_for(config.version_url, installed, seconds)
    if found is None:
        return Check(True, str(installed))
    return Check(False, f"in {seconds:g} s {config.version_url} did not answer {installed}: {found}")


def _page(url: str, page: Path, seconds: float) -> Check:
    """Compared byte for byte: a page that is gone answers 200 too, by the single-page fallback (H17)."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            served, expected = _fetched(url), page.read_bytes()
        except (OSError, ValueError) as error:
            found = described(error)
        else:
            if served == expected:
                return Check(True, f"{len(served)} bytes")
            found = f"{len(served)} bytes that are not those of {page}"
        if time.monotonic() >= deadline:
            return Check(False, f"in {seconds:g} s {url} did not answer {page}: {found}")
        time.sleep(0.05)


def _fetched(url: str) -> bytes:
    # Of this host's own server only the bytes are asked: a certificate is for those who come from outside.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(url, timeout=_ANSWER_S) as answer:
            content: bytes = answer.read()
            return content
    except http.client.HTTPException as error:
        raise ValueError(described(error)) from None
