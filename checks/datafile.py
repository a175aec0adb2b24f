"""The database as a file: one of its own, written as it was."""

from __future__ import annotations

import shlex

from checks.registry import UNSEEN, check, must
from fixtures.expected import header
from fixtures.stack import given
from fixtures.target import Target


@check("database.header", scope="database", needs="database", live=False, why_not=UNSEEN)
def header_kept(target: Target) -> None:
    """Pages, kind of journal, encoding and application are what they were: a dump that is read in again has others."""
    found, seen = header(target.database, target.read), target.expected.seen.header
    must(found == seen, target, f"header of {given(target.stack.database).path}", expected=seen, got=found)


@check("database.own_file", scope="database", needs="database")
def own_file(target: Target) -> None:
    """The database is a file by one name: where it is linked to a backup, each write changes the backup."""
    path = given(target.stack.database).path
    found = target.read(f"stat -c '%F with %h name(s)' {shlex.quote(path)}")
    must(found == "regular file with 1 name(s)", target, path, expected="regular file with 1 name(s)", got=found)
