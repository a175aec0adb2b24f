"""The database: whole, of the right schema, with exactly the rows that must be there."""

from __future__ import annotations

import shlex
from urllib.parse import quote

from checks.registry import UNSEEN, check, must, on_live_host
from fixtures.database import quoted, text
from fixtures.expected import counts, header, ownership, schema, tables
from fixtures.ledger import Discrepancy, Entry, compare
from fixtures.stack import given
from fixtures.target import Target


@check("database.integrity", scope="database", needs="database")
def integrity(target: Target) -> None:
    """PRAGMA integrity_check answers exactly one row, 'ok' (H6, H9: its exit status says nothing)."""
    answer = [row["integrity_check"] for row in target.database.rows("PRAGMA integrity_check(5)")]
    must(answer == ["ok"], target, "PRAGMA integrity_check", expected="ok", got="; ".join(answer) or "nothing")


@check("database.foreign_keys", scope="database", needs="database")
def foreign_keys(target: Target) -> None:
    """No row points to a row that is not there."""
    broken = target.database.rows('SELECT "table" AS t, count(*) AS n FROM pragma_foreign_key_check GROUP BY 1')
    found = ", ".join(f"{row['n']} in {row['t']}" for row in broken)
    must(not broken, target, "PRAGMA foreign_key_check", expected="no orphaned row", got=found)


@check("database.schema", scope="database", needs="database")
def schema_fits(target: Target) -> None:
    """The schema is the one that was there, and of the version that the release on disk is made for."""
    seen = target.expected.seen
    version = int(target.database.scalar("PRAGMA user_version"))
    must(version == seen.user_version, target, "PRAGMA user_version", expected=seen.user_version, got=version)
    wanted = target.release_on_disk()["schema"]
    must(
        version == wanted, target, "PRAGMA user_version", expected=f"{wanted}, as {_release(target)} says", got=version
    )
    found = schema(target.database)
    missing = [sql for sql in seen.schema if sql not in found]
    added = [sql for sql in found if sql not in seen.schema]
    must(not missing, target, "sqlite_master", expected=" ; ".join(missing), got="no such statement")
    must(not added, target, "sqlite_master", expected="nothing more than was there", got=" ; ".join(added))


@check("database.row_counts", scope="database", needs="database")
def row_counts(target: Target) -> None:
    """Each table has as many rows of its own as were there (the writers' rows are the ledger's)."""
    wanted = {name: seen.rows for name, seen in target.expected.seen.tables.items()}
    found = counts(target.database, target.stack, target.run_id)
    differ = {name for name in wanted if wanted[name] != found[name]}
    must(
        not differ,
        target,
        "SELECT count(*)",
        expected=", ".join(f"{name} {wanted[name]}" for name in sorted(differ)),
        got=", ".join(f"{name} {found[name]}" for name in sorted(differ)),
    )


@check("database.content", scope="database", needs="database")
def content(target: Target) -> None:
    """Each table's rows are, value for value, the ones that were there."""
    expected = target.expected.seen.tables
    found = tables(target.database, target.stack, list(expected), target.run_id)
    for name, seen in expected.items():
        must(
            found[name].fingerprint == seen.fingerprint,
            target,
            f"table {name}, content",
            expected=f"{seen.rows} rows of fingerprint {seen.fingerprint[:12]}",
            got=f"{found[name].rows} rows of fingerprint {found[name].fingerprint[:12]}",
        )


@on_live_host("database.row_counts")
def at_least_as_many(target: Target) -> None:
    """No table has fewer rows than the backup's manifest says; one that stack.toml calls still has just as many."""
    still = given(target.stack.database).still
    found = counts(target.database, target.stack, target.run_id)
    for name, seen in target.expected.seen.tables.items():
        wanted = f"{seen.rows} rows" if name in still else f"at least {seen.rows} rows"
        right = found[name] == seen.rows if name in still else found[name] >= seen.rows
        must(right, target, f"table {name}", expected=wanted, got=f"{found[name]} rows")


@on_live_host("database.content")
def holds_the_backup(target: Target) -> None:
    """Every row of the backup is there; with its values, where rows are only added; and no other, where none are."""
    declared = given(target.stack.database)
    attach = f"ATTACH {text(f'file:{quote(target.expected.backup)}?immutable=1')} AS kept; "
    for name in target.expected.seen.tables:
        now, then = f"main.{quoted(name)}", f"kept.{quoted(name)}"
        if name in (*declared.append_only, *declared.still):
            lost = f"SELECT count(*) FROM (SELECT * FROM {then} EXCEPT SELECT * FROM {now})"
            wanted = "every row of the backup, value for value"
        else:
            lost = f"SELECT count(*) FROM {then} WHERE rowid NOT IN (SELECT rowid FROM {now})"
            wanted = "every row of the backup, by its key"
        missing = int(target.database.scalar(attach + lost))
        must(missing == 0, target, f"table {name}", expected=wanted, got=f"{missing} rows missing or altered")
        if name in declared.still:
            more = f"SELECT count(*) FROM (SELECT * FROM {now} EXCEPT SELECT * FROM {then})"
            added = int(target.database.scalar(attach + more))
            must(added == 0, target, f"table {name}", expected="no row that the backup has not", got=f"{added} rows")


@check(
    "database.writes",
    scope="database",
    needs="writes",
    live=False,
    why_not="only the ledger of a drill knows every write",
)
def writes(target: Target) -> None:
    """Each write that must be there is, and none that the rollback must have taken away (the ledger's, H14)."""
    ledger = target.expected.ledger
    for write in target.stack.writes:
        entries = ledger.entries(write.table)
        key = quoted(write.key)
        rows = target.database.rows(
            f'SELECT {key} AS k, count(*) = 1 AND min({write.holds}) AS "right" FROM {quoted(write.table)} '
            f"WHERE {key} LIKE {text(target.run_id + '-%')} AND {key} NOT LIKE {text(target.run_id + '-check-%')} "
            f"GROUP BY {key}"
        )
        found = compare(ledger, entries, {row["k"]: bool(row["right"]) for row in rows})
        must(not found, target, f"table {write.table}, writes", expected="what the ledger says", got=_shown(found))


@check("database.invariants", scope="database", needs="database")
def invariants(target: Target) -> None:
    """No row breaks a rule of the business, as stack.toml states them."""
    for rule, sql in given(target.stack.database).invariants.items():
        broken = int(target.database.scalar(f"SELECT count(*) FROM ({sql})"))
        must(broken == 0, target, rule, expected="no row that breaks it", got=f"{broken} rows")


@check("database.holders", scope="database", needs=("database", "units"), alone=True)
def holders(target: Target) -> None:
    """Nobody has the database open but the units that had, and nobody one that was replaced (H5, H10)."""
    known = target.expected.seen.holders
    others = [f"{p.pid} ({p.args})" for p in target.holding(given(target.stack.database).path) if p.unit not in known]
    must(
        not others,
        target,
        "processes that hold the database",
        expected=f"those of {', '.join(sorted(known))}",
        got="; ".join(others),
    )
    old = [f"{p.pid} ({p.args})" for p in target.holding(f"{given(target.stack.database).path} (deleted)")]
    must(not old, target, "processes that hold a database that was replaced", expected="none", got="; ".join(old))


@check("database.side_files", scope="database", needs="database", alone=True)
def side_files(target: Target) -> None:
    """Each of -wal, -shm and -journal beside the database is held by a process: else it is a left-over."""
    left = [file for file in target.database.side_files() if not target.holders(file)]
    must(
        not left, target, "side files", expected="none, or held by a process", got=f"held by nobody: {', '.join(left)}"
    )


@check("database.ownership", scope="database", needs="database")
def ownership_kept(target: Target) -> None:
    """The database file has the owner, group and mode that it had."""
    path = given(target.stack.database).path
    found = ownership(path, target.read)
    must(found == target.expected.seen.ownership, target, path, expected=target.expected.seen.ownership, got=found)


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


def _release(target: Target) -> str:
    return target.stack.release.file


def _shown(found: Discrepancy) -> str:
    parts = [
        _some("missing, though acknowledged", found.missing),
        _some("there, though the rollback must have taken them away", found.undone),
        f"{len(found.strange)} that nobody sent (first: {found.strange[0]})" if found.strange else "",
        f"{len(found.altered)} not as they were sent (first: {found.altered[0]})" if found.altered else "",
    ]
    return "; ".join(filter(None, parts))


def _some(what: str, entries: list[Entry]) -> str:
    return f"{len(entries)} {what} (first: {entries[0].key})" if entries else ""
