"""rollback.py config and model: a version is judged before anything is touched, and what runs is proved to be it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import durable
import host as host_module
import journal
import judging
import manifest
import pytest
from exits import Exit
from risk_host import BAD_CONFIGS, BAD_PICKLES, GOOD_PICKLES, RiskHost, good_config, link_to, sha256
from small_host import PROCEDURES
from test_cut_off import ENOUGH, KILLED, killed_at, was_done

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
KINDS = ["config", "model"]
SYSTEM = Path("/usr/bin/python3")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("called", ["{version}", "{kind}_{version}"])
def test_restores_the_version_and_the_service_runs_it(risk: RiskHost, kind: str, called: str) -> None:
    """H22."""
    version = risk.version(kind, "1")
    name = version.name if "kind" in called else "1"
    live, before = risk.live_file(kind), sha256(risk.live_file(kind))
    live.chmod(0o640)
    run = risk.rollback(name, answers="y\n", kind=kind)
    assert run.code == Exit.DONE, run
    assert live.read_bytes() == version.read_bytes()
    assert risk.release[kind] == sha256(live) != before
    assert f"{kind} {sha256(live):.12}" in run.out
    assert live.stat().st_mode & 0o777 == 0o640
    assert not live.is_symlink()


@pytest.mark.parametrize("kind", KINDS)
def test_a_service_that_keeps_the_old_one_in_memory_is_no_success(
    risk: RiskHost, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H22: it was replaced, and nothing restarted."""
    monkeypatch.setattr(host_module, "start", lambda *words: None)
    run = risk.rollback("1", "--yes", kind=kind)
    assert run.code == Exit.NO_SERVICE
    assert f"{kind} {sha256(risk.version(kind, '1')):.12}" in run.err
    assert f"{kind} {sha256(risk.version(kind, '2')):.12}" in run.err


@pytest.mark.parametrize("kind", KINDS)
def test_a_service_that_does_not_come_up_with_it_is_no_success_and_back_returns(
    risk: RiskHost, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A config and a model that disagree."""
    before = risk.live_file(kind).read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(host_module, "start", lambda *words: setattr(risk, "release", {"status": "features differ"}))
        run = risk.rollback("1", "--yes", kind=kind)
    assert run.code == Exit.NO_SERVICE
    assert run.err.startswith(f"{risk.version(kind, '1').name} restored, but service: ")
    assert "features differ" in run.err
    assert risk.rollback("--yes", kind="back").code == Exit.DONE
    assert risk.live_file(kind).read_bytes() == before


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_version_it_lists_and_is_no_success(risk: RiskHost, kind: str) -> None:
    """H23."""
    before = risk.everything()
    run, listed = risk.rollback("--yes", kind=kind), risk.rollback("--list", kind=kind)
    assert (run.code, listed.code, risk.everything()) == (Exit.NOT_CHOSEN, Exit.DONE, before)
    names = [risk.version(kind, version).name for version in ("2", "1")]
    for out in (run.out, listed.out):
        assert [line.split()[2].rstrip(":") for line in out.splitlines()] == names
        assert [line.endswith("in use") for line in out.splitlines()] == [True, False]
    assert run.err == f"name a version of the {kind}: nothing was changed\n"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["9", "", "../config_1.yaml", "current_model.pkl"])
def test_an_unknown_version_is_refused_with_what_there_is(risk: RiskHost, kind: str, name: str) -> None:
    before = risk.everything()
    run = risk.rollback(name, "--yes", kind=kind)
    assert (run.code, risk.everything()) == (Exit.NO_BACKUP, before)
    assert risk.version(kind, "1").name in run.err


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", BAD_CONFIGS)
def test_a_bad_config_is_refused_and_nothing_is_touched(risk: RiskHost, name: str) -> None:
    text, reason = BAD_CONFIGS[name]
    risk.version("config", "9").write_text(text)
    _expect_refusal(risk, "config", reason)


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", BAD_PICKLES)
def test_a_bad_model_is_refused_and_nothing_is_touched(risk: RiskHost, name: str) -> None:
    pickled, reason = BAD_PICKLES[name]
    risk.version("model", "9").write_bytes(pickled)
    _expect_refusal(risk, "model", reason)


def _expect_refusal(risk: RiskHost, kind: str, reason: str) -> None:
    before = risk.everything()
    run = risk.rollback("9", "--yes", kind=kind)
    assert (run.code, risk.everything()) == (Exit.NO_BACKUP, before), run
    assert len(run.err.splitlines()) == 1
    assert f"9 cannot be used: {risk.version(kind, '9')}: " in run.err
    assert reason in run.err
    assert "expected" in run.err


def test_a_model_that_predicts_otherwise_than_its_hash_is_known_for_is_refused(risk: RiskHost) -> None:
    golden = json.loads(risk.golden.read_text())
    golden["predictions"][sha256(risk.version("model", "1"))] = [0.1, 0.3]
    risk.golden.write_text(json.dumps(golden))
    before = risk.everything()
    run = risk.rollback("1", "--yes", kind="model")
    assert (run.code, risk.everything()) == (Exit.NO_BACKUP, before)
    assert "PD of golden input 1: found 0.1, expected 0.3" in run.err


@pytest.mark.parametrize("text", ["", "{}", '{"inputs": [], "predictions": {}}', '{"inputs": 3, "predictions": {}}'])
def test_without_golden_inputs_no_model_is_trusted(risk: RiskHost, text: str) -> None:
    risk.golden.write_text(text)
    run = risk.rollback("1", "--yes", kind="model")
    assert run.code == Exit.NO_BACKUP
    assert str(risk.golden) in run.err


@pytest.mark.parametrize("kind", KINDS)
def test_a_version_that_differs_from_its_manifest_is_refused(risk: RiskHost, kind: str) -> None:
    assert risk.backup(kind=kind).code == Exit.DONE
    version = risk.version(kind, "2")
    version.write_bytes(version.read_bytes().replace(b"0.2", b"0.3"))
    before = risk.everything()
    run = risk.rollback("2", "--yes", kind=kind)
    assert (run.code, risk.everything()) == (Exit.NO_BACKUP, before)
    assert f"2 cannot be used: the SHA-256 of {version.name} is {sha256(version):.12}" in run.err


def test_a_model_may_be_scored_by_the_services_own_command(risk: RiskHost) -> None:
    program = risk.backend / "score.py"
    program.write_text("import json, sys; print(json.dumps([0.1 for _ in json.load(sys.stdin)]))")
    risk.config["model"]["score"] = [sys.executable, str(program)]
    risk.config_file.write_text(json.dumps(risk.config))
    assert risk.rollback("1", "--yes", kind="model").code == Exit.DONE
    assert "found 0.1, expected 0.2" in risk.rollback("2", "--yes", kind="model").err


def test_what_hangs_is_ended_with_all_that_it_started(risk: RiskHost) -> None:
    mark = str(time.time_ns())
    risk.version("model", "9").write_bytes(f"cos\nsystem\n(Vsleep 60; : {mark}\ntR.".encode())
    assert risk.rollback("9", "--yes", kind="model").code == Exit.NO_BACKUP
    assert _has_ended(mark)


def _has_ended(mark: str) -> bool:
    """Whether no command says the mark any more; a kill takes its moment."""
    deadline = time.monotonic() + 5
    while [path for path in Path("/proc").glob("[0-9]*/cmdline") if mark in _read(path)]:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


@pytest.fixture
def afterwards() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.mark.skipif(os.geteuid() != 0 or not SYSTEM.exists(), reason="only root can become another user")
def test_a_model_is_loaded_as_whoever_owns_its_folder(risk: RiskHost, tmp_path: Path, afterwards: ExitStack) -> None:
    """Not as root, whatever the pickle holds."""
    for folder in (tmp_path, *tmp_path.parents[:3]):  # To pass through, not to look into.
        afterwards.callback(folder.chmod, folder.stat().st_mode & 0o7777)
        folder.chmod(0o711)
    risk.config["model"]["python"] = str(SYSTEM)  # The tests' own may lie where nobody else may look.
    risk.config_file.write_text(json.dumps(risk.config))
    os.chown(risk.model.parent, 12345, 12345)
    (risk.model.parent / "tiny_model.py").chmod(0o644)
    proof = tmp_path / "proof"
    risk.version("model", "9").write_bytes(f"cos\nmkdir\n(V{proof}\ntR.".encode())
    run = risk.rollback("9", "--yes", kind="model")
    assert "PermissionError" in run.err, run
    assert not proof.exists()
    assert risk.rollback("1", "--yes", kind="model").code == Exit.DONE


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_there_is_kept_where_it_is_no_version_and_back_returns_to_it(risk: RiskHost, kind: str) -> None:
    """H24; and what was bad comes back as it was."""
    live = risk.live_file(kind)
    live.write_bytes(b"rubbish: [")
    versions = risk.rollback("--list", kind=kind).out.count("\n")
    assert risk.rollback("1", "--yes", kind=kind).code == Exit.DONE
    assert risk.rollback("--list", kind=kind).out.count("\n") == versions
    (kept,) = (path for path in risk.backups.glob(f"{kind}.before_rollback_*") if path.suffix != ".json")
    assert kept.read_bytes() == b"rubbish: ["
    assert risk.rollback(kept.name, "--yes", kind=kind).code == Exit.NO_BACKUP
    back = risk.rollback("--yes", kind="back")
    assert back.code == Exit.DONE, back
    assert live.read_bytes() == b"rubbish: ["
    assert risk.rollback("--yes", kind="back").code == Exit.DONE
    assert live.read_bytes() == risk.version(kind, "1").read_bytes()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["pre_rollback_20260101_000000", "1_before_rollback", "2.manifest"])
def test_what_naive_scripts_file_beside_the_versions_is_none(risk: RiskHost, kind: str, name: str) -> None:
    """H24."""
    risk.version(kind, name).write_bytes(risk.version(kind, "1").read_bytes())
    assert risk.version(kind, name).name not in risk.rollback("--list", kind=kind).out
    assert risk.rollback(name, "--yes", kind=kind).code == Exit.NO_BACKUP


@pytest.mark.parametrize("kind", KINDS)
def test_a_link_stays_a_link_and_what_it_led_to_stays(risk: RiskHost, kind: str) -> None:
    link_to(risk, kind, "2")
    live, versions = risk.live_file(kind), [sha256(risk.version(kind, version)) for version in ("1", "2")]
    was_absolute = live.readlink().is_absolute()
    assert risk.rollback("1", "--yes", kind=kind).code == Exit.DONE
    assert live.readlink().is_absolute() == was_absolute
    assert live.is_symlink()
    assert live.resolve() == risk.version(kind, "1").resolve()
    assert risk.rollback("--yes", kind="back").code == Exit.DONE
    assert live.is_symlink()
    assert live.resolve() == risk.version(kind, "2").resolve()
    assert [sha256(risk.version(kind, version)) for version in ("1", "2")] == versions


def test_a_link_to_nowhere_is_led_back(risk: RiskHost) -> None:
    link_to(risk, "model", "2")
    risk.version("model", "2").unlink()
    assert risk.rollback("1", "--yes", kind="model").code == Exit.DONE
    assert risk.model.readlink() == Path("model_1.pkl")
    assert risk.rollback("--yes", kind="back").code == Exit.NO_BACKUP


def test_back_to_a_link_whose_file_is_another_by_now_gives_what_it_was(risk: RiskHost) -> None:
    link_to(risk, "model", "2")
    assert risk.rollback("1", "--yes", kind="model").code == Exit.DONE
    risk.version("model", "2").write_bytes(b"another")
    run = risk.rollback("--yes", kind="back")
    assert run.code == Exit.DONE
    assert "no longer what the link led to" in run.out
    assert (risk.model.is_symlink(), risk.model.read_bytes()) == (False, GOOD_PICKLES["2"])
    assert risk.version("model", "2").read_bytes() == b"another"


@pytest.mark.parametrize("kind", KINDS)
def test_a_live_file_that_is_gone_comes_back(risk: RiskHost, kind: str) -> None:
    risk.live_file(kind).unlink()
    assert risk.rollback("1", "--yes", kind=kind).code == Exit.DONE
    assert risk.live_file(kind).read_bytes() == risk.version(kind, "1").read_bytes()
    run = risk.rollback("--yes", kind="back")
    assert run.code == Exit.NO_BACKUP
    assert f"there was no {kind} then" in run.err


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("answers", ["", "n\n", "yes\n", "Y\n"])
def test_asks_once_and_anything_but_y_cancels(risk: RiskHost, kind: str, answers: str) -> None:
    before = risk.everything()
    run = risk.rollback("1", answers=answers, kind=kind)
    assert (run.code, risk.everything()) == (Exit.CANCELLED, before)


@pytest.mark.parametrize("kind", KINDS)
def test_a_dry_run_judges_and_touches_nothing(risk: RiskHost, kind: str) -> None:
    before = risk.everything()
    assert risk.rollback("1", "--dry-run", kind=kind).code == Exit.DONE
    assert risk.everything() == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_deploy_in_progress_is_refused(risk: RiskHost, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    risk.config_file.write_text(json.dumps({**risk.config, "deploy_unit": "deploy.service"}))
    monkeypatch.setattr(host_module, "is_up", lambda unit: True)
    before = risk.everything()
    assert risk.rollback("1", "--yes", kind=kind).code == Exit.REFUSED
    assert risk.everything() == before


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("linked", [False, True], ids=["file", "link"])
def test_killed_anywhere_the_next_run_brings_it_to_its_end(
    risk: RiskHost, kind: str, linked: bool, monkeypatch: pytest.MonkeyPatch, points: range
) -> None:
    monkeypatch.setattr(judging, "judge", lambda *words: None)  # A hundred rollbacks: judged elsewhere.
    live = risk.live_file(kind)
    restore = (lambda: link_to(risk, kind, "2")) if linked else (lambda: _put(live, risk.version(kind, "2")))
    was, wanted = sha256(live), sha256(risk.version(kind, "1"))
    before = risk.everything().keys()
    for point in points:
        durable.remove(risk.log)
        for path in (*risk.backups.glob("*rollback*"),):
            path.unlink()
        restore()
        risk.start()
        code = killed_at(risk, point, kind, "1")
        if code == Exit.DONE:
            break
        assert code == KILLED, f"point {point}: {code}"
        record = journal.read(risk.backups)
        if record is None and not was_done(risk):
            assert sha256(live) == was, f"point {point}"
        assert sha256(live) in (was, wanted), f"point {point}"
        words = [] if record and record.replacing else ["1"]
        run = risk.rollback("--yes", *words, kind=kind)
        assert run.code == Exit.DONE, f"point {point}: {run}"
        assert (sha256(live), live.is_symlink()) == (wanted, linked), f"point {point}"
        assert sha256(risk.version(kind, "2")) == was, f"point {point}"
        left = {path for path in risk.everything().keys() - before if "before_rollback" not in path}
        assert not left, f"point {point}"
    assert 10 < point < ENOUGH - 1


def _put(live: Path, version: Path) -> None:
    live.unlink()
    live.write_bytes(version.read_bytes())


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_at_any_point_is_undone_or_finished(
    risk: RiskHost, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "judge", lambda *words: None)
    was = risk.live_file(kind).read_bytes()
    for name in ("replace", "fsync"):
        call: Callable[..., object] = getattr(os, name)
        for point in range(1, ENOUGH):
            durable.remove(risk.live_file(kind))
            risk.live_file(kind).write_bytes(was)
            count = iter(range(1, ENOUGH))
            with monkeypatch.context() as patch:
                patch.setattr(os, name, lambda *words: call(*words) if next(count) != point else _fail())  # noqa: B023
                run = risk.rollback("1", "--yes", kind=kind)
            assert "Traceback" not in run.out + run.err
            if run.code == Exit.DONE:
                break
            if run.code in (Exit.UNEXPECTED, Exit.UNDONE):
                assert risk.live_file(kind).read_bytes() == was, f"{name} {point}: {run}"
            else:
                assert run.code == Exit.HALF_WAY, f"{name} {point}: {run}"
            assert risk.rollback("1", "--yes", kind=kind).code == Exit.DONE
        assert point > 3


def _fail() -> None:
    raise OSError(5, "Input/output error")


def test_a_signal_while_a_model_is_loaded_cancels_and_ends_it(risk: RiskHost) -> None:
    risk.config["model"]["timeout_s"] = 60
    risk.config_file.write_text(json.dumps(risk.config))
    proof = risk.backend / "loading"
    risk.version("model", "9").write_bytes(f"cos\nsystem\n(Vtouch {proof}; sleep 61\ntR.".encode())
    before = risk.everything()
    words = [str(PROCEDURES / "rollback.py"), "model", "9", "--yes", "--config", str(risk.config_file)]
    with subprocess.Popen([sys.executable, *words], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        while not proof.exists():
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=10)
    proof.unlink()
    assert (process.returncode, risk.everything()) == (Exit.CANCELLED, before)
    assert err == b"ended by SIGTERM: nothing was changed\n"
    assert _has_ended(str(proof))


# The database, as SOP A calls its backups


def test_backups_and_snapshots_are_called_as_sop_a_has_them(risk: RiskHost) -> None:
    made = risk.good_backup()
    stamp = made.stem[len("shop_") :]
    assert made.name == f"shop_{stamp}.db"
    risk.sql("DELETE FROM payments")
    for name in (stamp, made.name):
        run = risk.rollback(name, "--yes")
        assert run.code == Exit.DONE, run
        assert "rows: payments 1, users 2" in run.out
    snapshots = sorted(path.name for path in risk.backups.glob("shop_pre_rollback_*.db"))
    assert len(snapshots) == 2
    assert risk.rollback("--list").out.count(".db") == 1
    assert risk.rollback("--yes", kind="back").code == Exit.DONE
    run = risk.rollback("20200101_000000", "--yes")
    assert run.code == Exit.NO_BACKUP
    assert f"there are: {made.name}" in run.err
    assert not [path.name for path in risk.backups.iterdir() if path.name.startswith(".")]


# Filing


@pytest.mark.parametrize("kind", KINDS)
def test_what_lies_among_the_versions_already_is_judged_and_not_filed_twice(risk: RiskHost, kind: str) -> None:
    before = set(risk.everything())
    for _ in range(2):
        run = risk.backup(kind=kind)
        assert run.code == Exit.DONE, run
    version = risk.version(kind, "2")
    assert set(risk.everything()) - before == {str(manifest.path_of(version))}
    its = manifest.read(version)
    assert (its.stable, its.entries[""].sha256) == (True, sha256(version))
    assert f"{version.name}: stable" in risk.backup("--list", kind=kind).out


def test_a_new_config_is_filed_under_its_version_and_never_over_another(risk: RiskHost) -> None:
    risk.settings.write_text(good_config("3"))
    risk.settings.chmod(0o640)
    risk.start()
    assert risk.backup(kind="config").code == Exit.DONE
    made = risk.version("config", "3")
    assert (made.read_text(), made.stat().st_mode & 0o777) == (good_config("3"), 0o640)
    risk.settings.write_text(good_config("3") + "note: changed\n")
    risk.start()
    assert risk.backup(kind="config").code == Exit.DONE
    assert made.read_text() == good_config("3")
    assert len(list(risk.settings_versions.glob("config_2???????_??????.yaml"))) == 1


@pytest.mark.parametrize("lost", [True, False], ids=["lost", "damaged"])
def test_a_version_that_its_manifest_no_longer_speaks_for_is_filed_anew(risk: RiskHost, lost: bool) -> None:
    """The name of what was lost is not given to another file: its manifest would not be that file's."""
    assert risk.backup(kind="config").code == Exit.DONE
    version = risk.version("config", "2")
    version.unlink() if lost else version.write_text("damaged")
    assert risk.backup(kind="config").code == Exit.DONE
    (made,) = risk.settings_versions.glob("config_2???????_??????.yaml")
    assert made.read_text() == good_config("2")
    assert version.exists() != lost


def test_a_new_model_is_filed_under_the_time(risk: RiskHost) -> None:
    risk.model.write_bytes(b"ctiny_model\nTiny\n(F0.3\ntR.")
    risk.start()
    run = risk.backup(kind="model")
    assert run.code == Exit.DONE, run
    (made,) = risk.model.parent.glob("model_2???????_??????.pkl")
    assert risk.rollback("1", "--yes", kind="model").code == Exit.DONE
    assert risk.rollback(made.stem[len("model_") :], "--yes", kind="model").code == Exit.DONE
    assert sha256(risk.model) == sha256(made)


@pytest.mark.parametrize(("kind", "content"), [("config", b"service: ["), ("model", b"garbage")])
def test_what_does_not_hold_is_kept_and_not_stable(risk: RiskHost, kind: str, content: bytes) -> None:
    risk.live_file(kind).write_bytes(content)
    risk.start()
    run = risk.backup(kind=kind)
    assert run.code == Exit.NOT_STABLE
    assert f"{kind}: {risk.live_file(kind)}: content: found" in run.err
    assert "not stable" in risk.backup("--list", kind=kind).out


def test_one_that_is_not_in_memory_is_not_stable(risk: RiskHost) -> None:
    risk.settings.write_text(good_config("3"))
    run = risk.backup(kind="config")
    assert run.code == Exit.NOT_STABLE
    assert "did not answer release 1.1.0, schema 2, config" in run.err


def test_all_is_what_the_host_has(risk: RiskHost) -> None:
    run = risk.backup(kind="all")
    assert run.code == Exit.DONE, run
    (made,) = risk.backups.glob("shop_*.db")
    assert list(risk.backups.glob("*.json")) == [manifest.path_of(made)]
    assert manifest.path_of(risk.version("config", "2")).exists()
    assert manifest.path_of(risk.version("model", "2")).exists()


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [*((kind, key, value) for kind in KINDS for key, value in (("path", "a"), ("versions", 3), ("timeout_s", 0))),
     *(("config", "schema", value) for value in ([], {"a": {"least": 1}}, {"a": {"type": "text"}})),
     *(("model", key, value) for key in ("golden", "folder", "score") for value in ("a", 3)),
     ("model", "range", [1, 0]), ("model", "range", [0])],
)  # fmt: skip
def test_a_wrong_value_is_named(risk: RiskHost, kind: str, key: str, value: object) -> None:
    risk.config_file.write_text(json.dumps({**risk.config, kind: {**risk.config[kind], key: value}}))
    run = risk.rollback("1", "--yes", kind=kind)
    assert run.code == Exit.USAGE
    assert f"{risk.config_file}: {kind}.{key}: found {value!r}, expected" in run.err


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ({"naming": {"database": "{stem}"}}, "naming.database"),
        ({"naming": {"snapshot": "a/{stamp}"}}, "naming.snapshot"),
        ({"naming": {"snapshot": "{stem}_{stamp}{suffix}", "database": "{stem}_{stamp}{suffix}"}}, "naming.snapshot"),
        ({"retention": {"database": {"newest": 0, "days": 1}}}, "retention.database.newest"),
        ({"retention": {"database": {"newest": 1, "days": 0}}}, "retention.database.days"),
        ({"retention": {"databases": {"newest": 1}}}, "retention.databases"),
    ],
)
def test_naming_and_retention_too(risk: RiskHost, section: dict[str, object], key: str) -> None:
    risk.config_file.write_text(json.dumps({**risk.config, **section}))
    run = risk.backup()
    assert run.code == Exit.USAGE
    assert f"{risk.config_file}: {key}: found" in run.err
