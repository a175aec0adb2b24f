"""The house: what each folder may import, what is pinned, and what never stands in a file."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
OURS = {"checks", "drills", "fixtures", "reports", "procedures", "tests", "bench", "conftest"}
STANDARD = sys.stdlib_module_names
# What stands on nothing else of fixtures/ than what checks may know too.
KNOWN_TO_CHECKS = {
    f"fixtures.{name}" for name in ("target", "stack", "expected", "ledger", "database", "shell", "trees")
}


def files(folder: str) -> list[Path]:
    found = [path for path in sorted((ROOT / folder).rglob("*.py")) if "runs" not in path.relative_to(ROOT).parts]
    assert found, f"{folder}/ holds modules"
    return found


def name_of(path: Path) -> str:
    *folders, last = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(folders if last == "__init__" else [*folders, last])


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def imports(path: Path) -> set[str]:
    """All modules that a file imports, wherever in it; `from a import b` is a.b where that is a module of ours."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if is_module(whole) else str(node.module))
    return found - {"__future__"}


def top(module: str) -> str:
    return module.partition(".")[0]


def ours(path: Path) -> set[str]:
    return {module for module in imports(path) if top(module) in OURS}


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", files("reports"), ids=shown)
def test_reports_know_the_journal_only(path: Path) -> None:
    assert {top(module) for module in ours(path)} <= {"reports"}


@pytest.mark.parametrize("path", files("drills"), ids=shown)
def test_drills_import_pytest_only_and_use_fixtures_by_name(path: Path) -> None:
    assert imports(path) <= {"pytest"}


@pytest.mark.parametrize("path", files("checks"), ids=shown)
def test_checks_know_a_target_only(path: Path) -> None:
    assert ours(path) <= {"checks.registry", *KNOWN_TO_CHECKS}


@pytest.mark.parametrize("path", files("fixtures"), ids=shown)
def test_fixtures_know_no_drill_and_no_test(path: Path) -> None:
    assert not {top(module) for module in ours(path)} & {"drills", "tests", "bench", "conftest", "procedures"}


@pytest.mark.parametrize("name", sorted(KNOWN_TO_CHECKS))
def test_what_checks_stand_on_knows_neither_labs_nor_the_engine(name: str) -> None:
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            waiting += [used for used in ours(path_of(module)) if used != "fixtures"]
    assert not seen & {"fixtures.lab", "fixtures.engine", "fixtures.drill", "fixtures.plugin", "fixtures.harms"}


@pytest.mark.parametrize("path", files("fixtures/agents"), ids=shown)
def test_agents_need_no_package_but_those_of_the_workstation(path: Path) -> None:
    assert {top(module) for module in imports(path)} - STANDARD <= {name for name, _ in pins(WORKSTATION)}


@pytest.mark.parametrize("path", files("procedures"), ids=shown)
def test_procedures_need_no_package(path: Path) -> None:
    beside = {other.stem for other in files("procedures")}
    assert {top(module) for module in imports(path)} <= STANDARD | beside


@pytest.mark.parametrize("path", files("fixtures/tracer"), ids=shown)
def test_the_tracer_needs_no_package(path: Path) -> None:
    """It runs on the host; its modules lie there in one folder, and import each other by their names."""
    beside = {other.stem for other in files("fixtures/tracer")}
    assert {top(module) for module in imports(path)} <= STANDARD | beside


def path_of(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path.with_suffix(".py") if path.with_suffix(".py").is_file() else path / "__init__.py"


def acyclic(graph: dict[str, set[str]]) -> None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"modules import each other: {' → '.join(error.args[1])}")


def test_no_modules_import_each_other() -> None:
    paths = [path for folder in ("checks", "drills", "fixtures", "reports") for path in files(folder)]
    acyclic({name_of(path): ours(path) - {name_of(path)} for path in paths})


def test_no_procedures_import_each_other() -> None:
    beside = {path.stem for path in files("procedures")}
    acyclic({path.stem: imports(path) & beside for path in files("procedures")})


# Packages

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ASKED_FOR = [
    Requirement(text) for part in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()) for text in part
]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


WORKSTATION = "fixtures/workstation/requirements.txt"


def pins(file: str = "constraints.txt") -> Iterator[tuple[str, str]]:
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, version = line.partition("==")
            yield canonical(name), version


@pytest.mark.parametrize("asked", ASKED_FOR, ids=str)
def test_every_package_asked_for_is_pinned_at_a_version_that_fits(asked: Requirement) -> None:
    pinned = dict(pins())
    assert canonical(asked.name) in pinned
    assert asked.specifier.contains(pinned[canonical(asked.name)])


def test_pins_are_names_and_versions_and_each_is_there_once() -> None:
    found = list(pins())
    assert all(
        re.fullmatch(r"[a-z0-9-]+", name) and re.fullmatch(r"[0-9][0-9a-z.]*", version) for name, version in found
    )
    assert len({name for name, _ in found}) == len(found)


def test_what_runs_on_the_workstation_is_what_is_tested_here() -> None:
    assert {*pins(WORKSTATION)} <= {*pins()}


def test_constraints_say_nothing_of_where_packages_come_from() -> None:
    assert not re.search(r"://|@|^-", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)


# What never stands in a file. The patterns are put together from pieces, so that they do not stand here.


def either(*patterns: tuple[str, ...]) -> re.Pattern[bytes]:
    return re.compile("|".join("".join(pieces) for pieces in patterns).encode())


REGISTRY_HOSTS = either(
    ("pypi", r"\.org"),
    ("python", r"hosted\.org"),
    ("(registry-1|index|hub|auth)", r"\.docker\.", "(io|com)"),
    (r"\b(ghcr|quay|gcr)", r"\.io\b"),
    ("registry", r"\.(npmjs|yarnpkg)\."),
    ("crates", r"\.io"),
    ("proxy", r"\.golang\.org"),
    ("deb", r"\.debian\.org"),
    ("(archive|security)", r"\.ubuntu\.com"),
    ("--(extra-)?", "index-url"),
    ("PIP_", "(EXTRA_)?INDEX_URL"),
)
PLACES = either(
    (r"/ho", r"me/[a-z]"),
    (r"/Us", r"ers/[A-Za-z]"),
    (r"[A-Z]:\\+Us", r"ers\\"),
    (r"/ro", r"ot/\.(cache|pyenv|local|config|ssh)"),
    (r"(?<![\w.)}])/wo", r"rk/[a-z.]"),
)


def kept_files() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=False, text=True,
    )  # fmt: skip
    if listing.returncode:
        pytest.skip(f"not a git checkout: {listing.stderr.strip()}")
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("pattern", [REGISTRY_HOSTS, PLACES], ids=["registry hosts", "places on a machine"])
def test_no_file_names_what_is_of_one_machine(pattern: re.Pattern[bytes]) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0].decode(errors='replace')}"
        for path in kept_files()
        for match in pattern.finditer(path.read_bytes())
    ]
    assert not found


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (REGISTRY_HOSTS, "https://py" + "pi.org/simple"),
        (REGISTRY_HOSTS, "ghcr" + ".io/owner/image"),
        (REGISTRY_HOSTS, "--index" + "-url"),
        (PLACES, "/ho" + "me/somebody"),
        (PLACES, "cd /wo" + "rk/main"),
    ],
)
def test_the_patterns_find_what_they_are_for(pattern: re.Pattern[bytes], text: str) -> None:
    assert pattern.search(text.encode())
