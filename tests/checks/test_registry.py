"""The registry of checks: each once, each red in words whatever goes wrong, those that change the host last."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from checks import registry
from checks.registry import Check, all_checks, check, family, must
from fixtures.expected import Expected
from fixtures.ledger import Ledger
from fixtures.shell import CommandError
from fixtures.stack import load
from fixtures.target import Target

STACK = load(Path(__file__).parents[2] / "stacks" / "lingzhi-ecosystem")


class _Shell:
    host = "replica-7"


@pytest.fixture
def target():
    ticks = iter(range(100, 200))
    client = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200)))
    return Target(STACK, _Shell(), client, Expected(Ledger("run1")), clock=lambda: next(ticks))


@pytest.fixture
def empty(monkeypatch):
    monkeypatch.setattr(registry, "_REGISTRY", {})
    monkeypatch.setattr(registry, "_FAMILIES", [])
    monkeypatch.setattr(registry.pkgutil, "iter_modules", lambda _: [])


def declared(function, **options):
    return Check("some.check", "api", "once", live=True, changes_host=False, function=function, **options)


def raising(error):
    def function(_target):
        raise error

    return declared(function)


def test_a_check_that_raises_nothing_holds(target):
    result = declared(lambda _: None).run(target)
    assert (result.holds, result.message, result.started, result.ended) == (True, "", 100, 101)


@pytest.mark.parametrize(
    "error",
    [
        AssertionError("replica-7: df: expected room, got none"),
        CommandError("replica-7: df: expected exit status 0, got 1: no such file"),
    ],
)
def test_what_a_check_says_is_its_message(target, error):
    result = raising(error).run(target)
    assert (result.holds, result.message) == (False, str(error))
    assert (result.started, result.ended) == (100, 101)


def test_no_answer_is_red_and_names_host_and_check(target):
    result = raising(httpx.ConnectError("lab.example port 80: refused")).run(target)
    says = "replica-7: some.check: expected an answer, got none: lab.example port 80: refused"
    assert (result.holds, result.message) == (False, says)


@pytest.mark.parametrize("error", [AssertionError(), AssertionError("  \n")])
def test_a_check_without_words_is_red_all_the_same(target, error):
    result = raising(error).run(target)
    assert (result.holds, result.message) == (False, "replica-7: some.check does not hold")


@pytest.mark.parametrize(
    "error",
    [KeyError("release"), ValueError("not JSON"), StopIteration(), ZeroDivisionError(), RuntimeError("not observed")],
)
def test_a_defect_is_red_and_names_host_check_and_error(target, error):
    result = raising(error).run(target)
    assert not result.holds
    first = result.message.splitlines()[0]
    assert first.startswith(f"replica-7: some.check: could not be judged: {type(error).__name__}: ")


def test_an_answer_of_a_shape_that_nobody_thought_of_is_red(target):
    for found in all_checks(STACK):
        if found.scope == "api":
            assert not found.run(target).holds, found.name


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_whoever_stops_the_run_is_obeyed(target, stop):
    with pytest.raises(stop):
        raising(stop()).run(target)


@pytest.mark.parametrize(
    ("expected", "got", "line"),
    [
        (200, 503, "replica-7: GET /: expected 200, got 503"),
        ("ok", "", "replica-7: GET /: expected ok, got "),
        ({"a": 1}, None, "replica-7: GET /: expected {'a': 1}, got None"),
        ("CREATE TABLE t (\n  id\n)", "a\r\nb\u2028c", "replica-7: GET /: expected CREATE TABLE t ( id ), got a b c"),
    ],
)
def test_the_first_line_of_a_message_stands_alone(target, expected, got, line):
    with pytest.raises(AssertionError) as red:
        must(False, target, "GET /", expected=expected, got=got)
    assert str(red.value) == line


def test_a_long_value_is_cut_and_its_length_said(target):
    with pytest.raises(AssertionError) as red:
        must(False, target, "GET /", expected="x", got="y" * 5000)
    assert len(str(red.value)) < 400
    assert str(red.value).endswith("… (5000 characters)")


def test_a_fact_that_holds_says_nothing(target):
    assert must(True, target, "GET /", expected=1, got=1) is None


# Declaring


def test_a_name_is_declared_once(empty):
    check("a.b", scope="api")(lambda _: None)
    with pytest.raises(ValueError, match=r"'a\.b' is declared twice: in .*test_registry"):
        check("a.b", scope="database")(lambda _: None)
    assert [found.scope for found in all_checks(STACK)] == ["api"]


def test_a_family_takes_no_name_that_is_taken(empty):
    check("a.b", scope="api")(lambda _: None)
    family(lambda _: [Check("a.b", "api", "once", live=True, changes_host=False, function=lambda _: None)])
    with pytest.raises(ValueError, match=r"'a\.b' is declared twice"):
        all_checks(STACK)


def test_two_of_a_family_do_not_share_a_name(empty):
    one = Check("a.b", "api", "once", live=True, changes_host=False, function=lambda _: None)
    family(lambda _: [one, one])
    with pytest.raises(ValueError, match=r"'a\.b' is declared twice"):
        all_checks(STACK)


def test_checks_that_change_the_host_come_last_and_the_others_as_declared(empty):
    for name, changes in (("c", True), ("b", False), ("d", True), ("a", False)):
        check(name, scope="api", changes_host=changes)(lambda _: None)
    assert [found.name for found in all_checks(STACK)] == ["b", "a", "c", "d"]


# The shipped checks

SHIPPED = {
    found.name: found for file in STACK.folder.parent.glob("*/stack.toml") for found in all_checks(load(file.parent))
}.values()


def test_every_module_of_checks_is_looked_through():
    folder = Path(registry.__file__).parent
    subjects = {path.stem for path in folder.glob("*.py")} - {"__init__", "registry"}
    subjects = {name for name in subjects if not name.startswith("test_")}
    assert subjects <= {found.name.partition(".")[0] for found in SHIPPED}


@pytest.mark.parametrize("found", SHIPPED, ids=lambda found: found.name)
def test_every_check_is_sound(found):
    assert found.name.partition(".")[0] == found.scope
    if found.changes_host:
        assert not found.live, "a check that changes the host does not run on a real one"


def test_every_check_says_in_a_docstring_what_holds():
    for found in SHIPPED:
        assert (found.function.__doc__ or "").strip(), found.name


def test_every_request_of_the_stack_is_a_check():
    names = {found.name for found in all_checks(STACK)}
    assert {f"api.{request.name}" for request in STACK.requests} <= names
