"""Files: each tree is what it was, both ways, and is served as it was; nothing is served that should not be."""

from __future__ import annotations

import hashlib
import shlex
from pathlib import PurePosixPath

from checks.registry import UNSEEN, Check, check, family, must, on_live_host
from fixtures.expected import kept, served
from fixtures.stack import Stack
from fixtures.target import Target
from fixtures.trees import differences, look, some

# Asked for by everybody who looks for a way in. Each must be answered as any page that is not there.
_NEVER_SERVED = (".env", ".git/HEAD", ".htpasswd", "backup.zip", "index.html.bak", "index.html~")


@family
def trees(stack: Stack) -> list[Check]:
    """One check a tree: equal both ways, by path, type, mode, owner, content and link target (H16, H17)."""

    def declared(name: str) -> Check:
        def equals(target: Target) -> None:
            """Nothing of the tree is missing, left over, or another."""
            scope = target.stack.trees[name]
            wrong = differences(target.expected.seen.trees[name], look(target.read, scope))
            must(not wrong, target, f"files of {name}", expected="those that were there", got=some(wrong))

        seen = name in stack.scopes  # a backup holds nothing of what no rollback may change
        return Check(f"files.{name}", "files", "once", seen, False, equals, why_not="" if seen else UNSEEN)

    return [declared(name) for name in stack.trees]


def _version(part: str) -> None:
    @on_live_host(f"files.{part}")
    def is_the_version(target: Target) -> None:
        """The file, or where its link leads, has the version's bytes; and its owner and mode, where they were noted."""
        [(path, wanted)] = target.expected.seen.trees[part].items()
        quoted = shlex.quote(path)
        found = target.read(f"sha256sum < {quoted}").split()[0]
        must(found == wanted.sha256, target, f"{path}, sha256", expected=wanted.sha256[:12], got=found[:12])
        whose = target.read(f"stat -Lc '%U:%G %a' {quoted}")
        noted = f"{wanted.owner} {wanted.mode}" if wanted.owner else whose
        must(whose == noted, target, path, expected=noted, got=whose)


for _part in ("config", "model"):
    _version(_part)


@check("files.served", scope="files", needs="site")
def served_as_they_were(target: Target) -> None:
    """Every file of the site is served with the bytes and type that it had (H17: the fallback page has others)."""
    seen = target.expected.seen.served
    found = served(target.http, list(seen))
    wrong = [f"{path} is {found[path]}, and must be {seen[path]}" for path in seen if found[path] != seen[path]]
    must(not wrong, target, "files of the site as served", expected="bytes and types as they were", got=some(wrong))


@on_live_host("files.served")
def served_as_they_lie_there(target: Target) -> None:
    """Every file of the site, hidden ones apart, is served with the bytes that it must have (its type nobody noted)."""
    seen = target.expected.seen.served
    answers = {path: answer.split() for path, answer in served(target.http, list(seen)).items()}
    found = {path: f"{words[0]} {words[-1]}" for path, words in answers.items()}
    wrong = [f"{path} is {found[path]}, and must be {seen[path]}" for path in seen if found[path] != seen[path]]
    must(not wrong, target, "files of the site as served", expected="200 and the bytes of the file", got=some(wrong))


@check("files.not_served", scope="files", needs="site")
def not_served(target: Target) -> None:
    """No backup, secret or database is served: each is answered as any page that is not there."""
    database = [PurePosixPath(target.stack.database.path).name] if target.stack.database else []
    secrets = [f"/{name}" for name in (*_NEVER_SERVED, *database)]
    nowhere = target.http.get("/no-such-page-of-this-site")
    for path in secrets:
        answer = target.http.get(path)
        same = answer.status_code == nowhere.status_code and _hash(answer.content) == _hash(nowhere.content)
        must(
            same or answer.status_code in (403, 404),
            target,
            f"GET {path}",
            expected="an answer as for any page that is not there",
            got=f"{answer.status_code}, {len(answer.content)} bytes of {answer.headers.get('content-type', 'no type')}",
        )


@check("files.kept", scope="files", live=False, why_not=UNSEEN)
def evidence_kept(target: Target) -> None:
    """Every backup is still there, and no log was cut short (H25: `> server.log` erases the evidence)."""
    before = target.expected.kept
    found = kept(target.stack, target.read, {path: int(seen.split()[0]) for path, seen in before.items()})
    wrong = [f"{path} is missing" for path in before if path not in found]
    wrong += [
        f"{path} is, as far as it went, {found[path]}, and must be {before[path]}"
        for path in before
        if found.get(path, before[path]) != before[path]
    ]
    must(not wrong, target, "backups and logs", expected="all that was there before the rollback", got=some(wrong))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
