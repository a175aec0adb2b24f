"""The API and the site, as a user meets them: by name, through the proxy, over TLS."""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any

import httpx

from checks.registry import Check, check, family, must
from fixtures.stack import Request, Stack, WriteRequest, given
from fixtures.target import Target


@check("api.site", scope="api", when="eventually", needs="site")
def site(target: Target) -> None:
    """The site's page answers 200 with the bytes and the content type that it had (a fallback page has others, H17)."""
    answer = target.http.get(given(target.stack.site).page)
    seen = target.expected.seen
    where = f"GET {answer.request.url}"
    must(answer.status_code == 200, target, where, expected=200, got=answer.status_code)
    kind = answer.headers.get("content-type", "")
    known = seen.page_type or kind  # on a live host nobody noted it
    must(kind == known, target, f"{where}, content type", expected=known, got=kind)
    found = hashlib.sha256(answer.content).hexdigest()
    must(found == seen.page, target, f"{where}, sha256", expected=seen.page[:12], got=found[:12])


@check("api.plain_http", scope="api", when="eventually", needs="site")
def plain_http(target: Target) -> None:
    """Port 80 sends a caller to TLS."""
    answer = target.http.get(f"http://{target.stack.domain}/")
    found = f"{answer.status_code} to {answer.headers.get('location', 'nowhere')}"
    must(
        found == f"301 to {target.stack.url}/", target, "GET http://", expected=f"301 to {target.stack.url}/", got=found
    )


@check("api.version", scope="api", when="eventually")
def version(target: Target) -> None:
    """The release in memory is the one on disk, and the one that was there; asked by name and past the proxy (H4)."""
    disk = target.release_on_disk()
    seen = target.expected.seen.release
    must(disk == seen, target, target.stack.release.file, expected=seen, got=disk)
    for base in {target.stack.url, target.stack.backend.url}:
        _answers(target, target.http.get(f"{base}{target.stack.release.endpoint}"), 200, seen)


@family
def requests(stack: Stack) -> list[Check]:
    """One check a request that stack.toml declares: its status, and what its answer must contain (SOP B, phase 4)."""

    def declared(request: Request) -> Check:
        def answers(target: Target) -> None:
            """The request is answered with its status, in time, and the answer contains what stack.toml says."""
            headers = bearer(target) if request.token else {}
            asked = time.monotonic()
            answer = target.http.request(request.method, request.path, json=request.send, headers=headers)
            took = time.monotonic() - asked
            _answers(target, answer, request.status, request.json_)
            where = f"{answer.request.method} {answer.request.url}, time"
            in_time = request.within is None or took <= request.within
            must(in_time, target, where, expected=f"at most {request.within} s", got=f"{took:.2f} s")

        return Check(f"api.{request.name}", "api", "eventually", live=True, changes_host=False, function=answers)

    return [declared(request) for request in stack.requests]


@check("api.login", scope="api", when="eventually", needs="login")
def login(target: Target) -> None:
    """The right credentials give a token, and the token shows the record that it showed."""
    headers = bearer(target)
    user = next(r for r in target.stack.requests if r.token)
    _answers(target, target.http.get(user.path, headers=headers), 200, target.expected.seen.user)


@check("api.wrong_login", scope="api", when="eventually", needs="login")
def wrong_login(target: Target) -> None:
    """Wrong credentials are refused with 401."""
    answer = target.http.post(given(target.stack.login).path, json=given(target.stack.login).wrong)
    _answers(target, answer, 401, {})


@check(
    "api.writes_read_back", scope="api", live=False, changes_host=True, needs="writes", writes=True, why_not="it writes"
)
def writes_read_back(target: Target) -> None:
    """Each kind of write is accepted, and its row stands in the database; sent again, it is not done again."""
    who = bearer(target)
    for write in target.stack.writes:
        key = target.new_key()
        for _ in range(2):
            answer = send(target, write, key, who)
            must(answer.is_success, target, f"POST {write.path}", expected="2xx", got=_brief(answer))
        rows = target.database.scalar(f"SELECT count(*) FROM {write.table} WHERE {write.key} = '{key}'")
        must(rows == 1, target, f"rows of {write.table} written by POST {write.path}", expected=1, got=rows)


def send(target: Target, write: WriteRequest, key: str, who: dict[str, str]) -> httpx.Response:
    """Send a write as a user does, under a key of one's own; `who` are the headers of a logged-in caller."""
    own = {name: _filled(value, key) for name, value in write.headers.items()}
    return target.http.post(write.path, json=_filled(write.json_, key), headers={**who, **own})


def bearer(target: Target) -> dict[str, str]:
    """The headers of a logged-in caller; none where nobody logs in."""
    login = target.stack.login
    if login is None:
        return {}
    answer = target.http.post(login.path, json=login.json_)
    _answers(target, answer, 200, {})
    token = answer.json().get(login.token)
    must(bool(token), target, f"POST {login.path}", expected=f"a {login.token}", got=_brief(answer))
    return {"Authorization": f"Bearer {token}"}


def _answers(target: Target, answer: httpx.Response, status: int, wanted: dict[str, Any]) -> None:
    where = f"{answer.request.method} {answer.request.url}"
    must(answer.status_code == status, target, where, expected=status, got=_brief(answer))
    if wanted:
        try:
            got = answer.json()
        except json.JSONDecodeError:
            got = None
        must(_contains(got, wanted), target, where, expected=wanted, got=_brief(answer))


def _contains(got: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(got, dict) and all(k in got and _contains(got[k], v) for k, v in wanted.items())
    return bool(got == wanted)


def _filled(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return {name: _filled(part, key) for name, part in value.items()}
    return value.replace("{key}", key) if isinstance(value, str) else value


def _brief(answer: httpx.Response) -> str:
    return f"{answer.status_code} {answer.text[:200]}"
