"""Whether the host is well: what is on disk is what runs, the right page is served, and what is stored is right."""

from __future__ import annotations

import http.client
import sqlite3
import ssl
import time
import urllib.request
from pathlib import Path
from typing import Collection, Dict, Optional

import database
import durable
import judging
import release
from config import Config
from database import Check
from exits import Failure, described
from release import Release, Running

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
    if set(kinds) - {"site"}:
        results["service"] = _service(config, installed, 0.0 if "service" in excused else seconds)
    if "site" in kinds:
        page = config.live("site") / config.site_page
        results["page"] = _page(config.site_url, page, 0.0 if "page" in excused else seconds)
    return results


def stored(config: Config, kinds: Collection[str], installed: Optional[Release]) -> Dict[str, Check]:
    """The checks of config and model, and of the live database, or only whether it fits the release."""
    results = {kind: judged(config, kind) for kind in config.versioned if kind in kinds}
    if config.store is None or ("database" not in kinds and "backend" not in kinds):
        return results
    schema = installed and installed.schema
    try:
        with database.live(config.database.path) as connection:
            if "database" in kinds:
                return {**results, **database.checks(connection, config.database, schema)}
            number = database.user_version(connection)
            return {**results, "schema": Check(number == schema, str(number))}
    except (OSError, ValueError, sqlite3.Error) as error:
        return {**results, "integrity" if "database" in kinds else "schema": Check(False, described(error))}


def judged(config: Config, kind: str) -> Check:
    """Whether the live config or model may be used; what is found is its SHA-256."""
    live = config.live(kind)
    try:
        found = durable.sha256(live)
        judging.judge(config, kind, live)
    except OSError as error:
        return Check(False, described(error))
    except ValueError as error:
        return Check(False, str(error))
    return Check(True, found)


def rows(config: Config) -> str:
    """How many rows each table of the live database has, as part of a sentence (SOP A)."""
    try:
        with database.live(config.database.path) as connection:
            return ", ".join(f"{table} {count}" for table, count in sorted(database.rows(connection).items()))
    except (OSError, ValueError, sqlite3.Error) as error:
        return described(error)


def installed_release(config: Config) -> Optional[Release]:
    """The release on disk; None where that is damaged, too."""
    try:
        return release.on_disk(config.release_file)
    except Failure:
        return None


def _service(config: Config, installed: Optional[Release], seconds: float) -> Check:
    if installed is None:
        return Check(False, f"{config.release_file} does not say which release is installed")
    try:
        expected = Running(installed, {kind: durable.sha256(config.live(kind)) for kind in config.versioned})
    except OSError as error:
        return Check(False, described(error))
    found = release.wait_for(config.version_url, expected, seconds)
    if found is None:
        return Check(True, str(expected))
    return Check(False, f"in {seconds:g} s {config.version_url} did not answer {expected}: {found}")


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
