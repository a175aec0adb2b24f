"""The disk after a power cut: what was not synced is not there, and what was synced is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

TRACER = Path(__file__).parents[2] / "fixtures" / "tracer" / "tracer.py"


class Host:
    """A folder, and a script that is run in it, traced."""

    def __init__(self, folder):
        self.folder = folder
        self.report = folder.parent / "report"

    def traced(self, script, point=None, fault=""):
        settings = {"report": str(self.report), "point": point, "fault": fault, "alone": False}
        done = subprocess.run(
            [sys.executable, "-B", TRACER, json.dumps(settings), sys.executable, "-c", script],
            cwd=self.folder, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        events = [json.loads(line) for line in self.report.read_text().splitlines()]
        assert not [event for event in events if event["event"] == "problem"], events
        return done, events

    def cut(self, script, fault, call="chmod"):
        """The power fails at the script's last call of that name."""
        _, events = self.traced(script)
        point = [event for event in events if event["event"] == "change" and event["call"] == call][-1]
        for path in self.folder.iterdir():
            path.unlink() if path.is_file() else None
        (self.folder / "live").write_text("old")
        done, _ = self.traced(script, point, fault)
        assert done.returncode == 137, done.stderr

    def seen(self):
        return {path.name: path.read_text() for path in self.folder.iterdir() if path.is_file()}


@pytest.fixture
def host(tmp_path):
    folder = tmp_path / "host"
    folder.mkdir()
    (folder / "live").write_text("old")
    return Host(folder)


def replacing(*, file=True, folder=True):
    """Copy, rename; with the fsyncs that make it durable, or without one."""
    return f"""
import os
import signal
with open("new", "w") as f:
    f.write("new")
    f.flush()
    {"os.fsync(f.fileno())" if file else "pass"}
os.rename("new", "live")
{"h = os.open('.', os.O_RDONLY); os.fsync(h)" if folder else "pass"}
os.chmod("live", 0o640)
"""


@pytest.mark.parametrize(
    ("script", "fault", "live"),
    [
        (replacing(), "power-all", "new"),
        (replacing(), "power-data", "new"),
        (replacing(file=False), "power-all", ""),
        (replacing(file=False), "power-data", ""),
        (replacing(folder=False), "power-all", "old"),
        (replacing(folder=False), "power-data", "new"),
        (replacing(file=False, folder=False), "power-all", "old"),
        (replacing(file=False, folder=False), "power-data", ""),
    ],
    ids=["synced, all", "synced, data", "no file, all", "no file, data", "no folder, all", "no folder, data",
         "neither, all", "neither, data"],
)  # fmt: skip
def test_a_file_replaced_is_what_its_syncs_made_of_it(host, script, fault, live):
    host.cut(script, fault)
    assert host.seen() == {"live": live}


def test_what_was_written_over_in_place_is_as_it_was_at_its_last_sync(host):
    script = """
import os
import signal
with open("live", "r+") as f:
    f.write("one"); f.flush(); os.fsync(f.fileno())
    f.write("two"); f.flush()
os.chmod("live", 0o600)
"""
    host.cut(script, "power-all")
    assert host.seen() == {"live": "one"}


def test_what_was_removed_comes_back(host):
    host.cut("import os; os.unlink('live'); open('other', 'w'); os.chmod('other', 0o600)", "power-all")
    assert host.seen() == {"live": "old"}
    host.cut("import os; os.unlink('live'); open('other', 'w'); os.chmod('other', 0o600)", "power-data")
    assert host.seen() == {"other": ""}


def test_a_folder_that_was_renamed_loses_the_names_in_it_that_were_not_synced(host):
    script = """
import os, shutil
shutil.rmtree("tree", ignore_errors=True)
os.mkdir("part")
with open("part/file", "w") as f:
    f.write("new"); f.flush(); os.fsync(f.fileno())
{sync}
os.rename("part", "tree")
h = os.open(".", os.O_RDONLY); os.fsync(h)
os.chmod("tree", 0o700)
"""
    host.cut(script.format(sync=""), "power-all")
    assert os.listdir(host.folder / "tree") == []
    host.cut(script.format(sync="h = os.open('part', os.O_RDONLY); os.fsync(h)"), "power-all")
    assert (host.folder / "tree" / "file").read_text() == "new"


def test_nothing_of_ours_stays(host):
    host.cut(replacing(), "power-all")
    assert not list(Path("/").glob(".exploration*"))


@pytest.mark.parametrize("fault", ["ENOSPC", "EIO", "EACCES", "EROFS"])
def test_a_call_fails_as_it_is_told(host, fault):
    script = "import os\ntry: os.mkdir('a')\nexcept OSError as e: print(e.errno)\nos.mkdir('a')"
    _, events = host.traced(script)
    point = next(event for event in events if event["event"] == "change")
    (host.folder / "a").rmdir()
    done, events = host.traced(script, point, fault)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(getattr(__import__("errno"), fault))]
    assert [event["event"] for event in events] == ["reached", "end"]


def test_all_of_the_process_tree_is_killed(host):
    script = "import os, subprocess\nsubprocess.run(['sh', '-c', 'sleep 300 & mkdir a'])"
    _, events = host.traced(script.replace("sleep 300", "true"))
    point = next(event for event in events if event.get("call") == "mkdir")
    (host.folder / "a").rmdir()
    before = set(os.listdir("/proc"))
    done, _ = host.traced(script, {**point}, "kill")
    assert done.returncode == 137
    assert not (host.folder / "a").exists()
    sleeping = [pid for pid in set(os.listdir("/proc")) - before if pid.isdigit()]
    assert not [pid for pid in sleeping if b"sleep\x00300" in _command(pid)]


def _command(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_what_a_command_leaves_running_goes_on_as_it_would(host):
    left = "import os, time\\nwhile not os.path.exists('go'): time.sleep(0.05)\\nos.mkdir('later')"
    script = f"""
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "{left}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
"""
    done, events = host.traced(script)
    assert done.returncode == 0
    assert events[-1] == {"event": "end", "status": 0}
    (host.folder / "go").touch()
    deadline = time.monotonic() + 20
    while not (host.folder / "later").exists():
        assert time.monotonic() < deadline, "what was left running could not change anything"
        time.sleep(0.05)


def test_the_times_of_a_descriptor_are_a_change_of_its_file(host):
    _, events = host.traced("import os\nwith open('live') as f: os.utime(f.fileno(), (1, 1))")
    [change] = [event for event in events if event["event"] == "change" and event["kind"] == "attributes"]
    assert change["call"] == "utimensat"
    assert change["paths"] == [str(host.folder / "live")]


@pytest.mark.parametrize(
    ("handling", "seen"),
    [
        ("", set()),
        ("signal.signal(signal.SIGHUP, lambda *_: None)", {"first", "refused"}),
    ],
    ids=["it ends", "it goes on"],
)
def test_a_lost_terminal_tells_and_refuses_what_is_printed(host, handling, seen):
    script = f"""
import os, signal, time
{handling}
os.mkdir("first")
time.sleep(0.2)
try: os.write(1, b"said")
except OSError: os.mkdir("refused")
"""
    _, events = host.traced(script)
    point = next(event for event in events if event["event"] == "change")
    (host.folder / "first").rmdir()
    done, events = host.traced(script, point, "hangup")
    assert {path.name for path in host.folder.iterdir() if path.is_dir()} - {"first"} == seen - {"first"}
    assert done.returncode == (0 if seen else 128 + signal.SIGHUP)
    assert done.stdout == ""
