"""A second engine on this machine, with control groups of version 2 and a network of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
from docker.errors import DockerException

_START = """
set -e
mount -t cgroup2 none /sys/fs/cgroup
ip link set lo up
ip address add 192.0.2.53/32 dev lo
exec dockerd --host unix://$0/engine.sock --data-root $0/data --exec-root $0/exec --pidfile $0/pid
"""


class SecondEngine:
    """Started in mount and network namespaces of its own: what it does to routes and firewall is seen there alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.host = f"unix://{folder}/engine.sock"
        self._log = folder / "log"
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                ["unshare", "--mount", "--net", "sh", "-c", _START, str(self._folder)], stdout=log, stderr=log
            )
        deadline = time.monotonic() + 30
        while True:
            try:
                self.client = docker.DockerClient(self.host, timeout=60)
                self.client.ping()
            except DockerException:
                assert time.monotonic() < deadline, self._log.read_text()[-2000:]
                time.sleep(0.1)
            else:
                return

    def take_images(self, other: docker.DockerClient, names: list[str]) -> None:
        """Carry images over from another engine."""
        for name in names:
            self.client.images.load(other.images.get(name).save(named=True))

    def network(self) -> str:
        """The routes and the firewall of the machine that the engine runs on."""
        look = "ip route; ip -6 route; ip rule; iptables-save | grep -v '^[#:]'; sysctl net.ipv4.ip_forward"
        command = ["nsenter", f"--net=/proc/{self._process.pid}/ns/net", "sh", "-c", look]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    @contextmanager
    def planted(self, port: int) -> Iterator[list[str]]:
        """Listen on every address of the engine's machine, and for names; yields who came, so far."""
        python = [sys.executable, str(Path(__file__).with_name("plants.py")), str(port)]
        command = ["nsenter", f"--net=/proc/{self._process.pid}/ns/net", *python]
        came: list[str] = []
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "planted\n"
            reader = threading.Thread(target=lambda: came.extend(process.stdout), daemon=True)
            reader.start()
            try:
                yield came
            finally:
                process.kill()

    def kill(self) -> None:
        """End it at once, as a crash would; what ran in its containers goes on."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it in order; its images take a gigabyte."""
        self.client.close()
        self._process.terminate()
        self._process.wait(30)
        shutil.rmtree(self._folder / "data")
