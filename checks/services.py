"""Services: the right units, processes and ports, and all of it again after a reboot."""

from __future__ import annotations

import re

from checks.registry import UNSEEN, check, must
from fixtures.expected import neighbours, services
from fixtures.stack import Unit
from fixtures.target import Process, Target

# What `systemctl is-enabled` says of a unit that the next boot starts, or that something else does.
_COMES_BACK = ("enabled", "static", "indirect", "generated", "alias")


@check("services.active", scope="services", when="eventually", needs="units")
def active(target: Target) -> None:
    """Every unit that stack.toml names is active."""
    _are_active(target)


@check("services.enabled", scope="services", needs="units")
def enabled(target: Target) -> None:
    """Every unit comes back at the next boot."""
    names = [unit.name for unit in target.stack.units]
    states = target.run(f"systemctl is-enabled {' '.join(names)}").out.splitlines()
    for name, state in zip(names, states, strict=True):
        must(state in _COMES_BACK, target, name, expected="enabled", got=state)


@check("services.definitions", scope="services", needs="units")
def definitions(target: Target) -> None:
    """Each unit runs as its files say: systemd has read them since they were last changed."""
    for unit in target.stack.units:
        stale = target.read(f"systemctl show -P NeedDaemonReload {unit.name}")
        must(stale == "no", target, unit.name, expected="its definition as on the disk", got="an older one in memory")


@check("services.one_master", scope="services", when="eventually", needs="units")
def one_master(target: Target) -> None:
    """The backend runs once: one master, the main process of its unit (H4, H26)."""
    unit = _backend(target)
    main = int(target.read(f"systemctl show -P MainPID {unit.name}"))
    found = _processes(target, unit)
    pids = {p.pid for p in found}
    masters = [p.pid for p in found if p.parent not in pids]
    must(masters == [main], target, f"{unit.process} masters", expected=f"one, process {main}", got=masters or "none")


@check("services.ports", scope="services", when="eventually", needs="units")
def ports(target: Target) -> None:
    """Each port is listened on by processes of its own unit, and by nobody else (H26: `netstat | grep` cannot tell)."""
    listeners: dict[int, set[int]] = {}
    for line in target.read("ss -Hltnp").splitlines():
        port = int(line.split()[3].rpartition(":")[2])
        listeners.setdefault(port, set()).update(int(pid) for pid in re.findall(r"pid=(\d+)", line))
    processes = target.processes()
    for unit in target.stack.units:
        members = {p.pid for p in processes if p.unit == unit.name}
        for port in unit.ports:
            owners = listeners.get(port, set())
            must(
                bool(owners) and owners <= members,
                target,
                f"port {port}",
                expected=f"listened on by {unit.name} (processes {sorted(members) or 'none'})",
                got=f"processes {sorted(owners)}" if owners else "nobody",
            )


@check("services.orphans", scope="services", when="eventually", needs="units")
def orphans(target: Target) -> None:
    """No process of the backend runs outside its unit: none that a rollback has left behind or started by hand."""
    unit = _backend(target)
    strays = [f"{p.pid} ({p.args})" for p in _processes(target, unit) if p.unit != unit.name]
    must(not strays, target, f"{unit.process} processes outside {unit.name}", expected="none", got="; ".join(strays))


@check("services.neighbours", scope="services", needs="units", survives_reboot=False, live=False, why_not=UNSEEN)
def neighbours_untouched(target: Target) -> None:
    """The other services of the host run on, in the very processes that they had (H20)."""
    found = neighbours(target.stack, target.read)
    seen = target.expected.seen.neighbours
    must(found == seen, target, "main processes of the neighbours", expected=seen, got=found)


@check("services.nothing_new", scope="services", when="eventually", live=False, why_not=UNSEEN)
def nothing_new(target: Target) -> None:
    """No service or timer runs, and no port is listened on, that was not before."""
    new = sorted(services(target.stack, target.read) - target.expected.seen.services)
    must(not new, target, "services", expected="none that was not there before", got="; ".join(new))


@check("services.left_running", scope="services", when="eventually", live=False, why_not=UNSEEN)
def left_running(target: Target) -> None:
    """Nothing that was started runs on outside every service: no daemon, and no command that waits for its time."""
    seen = target.expected.seen.strays
    left = [f"{p.pid} ({p.args})" for p in target.processes() if p.stray and p.args not in seen]
    must(not left, target, "processes that belong to no service", expected="those that were there", got="; ".join(left))


@check("services.reboot", scope="services", live=False, changes_host=True, why_not="the host is not ours to reboot")
def reboot(target: Target) -> None:
    """After a reboot everything is up again by itself, and the right release answers."""
    must(target.reboot is not None, target, "reboot", expected="a host that is ours to reboot", got="one that is not")
    assert target.reboot is not None
    target.reboot()
    if target.stack.units:
        # The service answers before the last unit is up.
        target.run("systemctl is-system-running --wait", timeout=target.stack.limits.boot)
        _are_active(target)
    release = target.http.get(target.stack.release.endpoint).json()
    seen = target.expected.seen.release
    must(seen.items() <= release.items(), target, "after a reboot, the release in memory", expected=seen, got=release)


def _are_active(target: Target) -> None:
    names = [unit.name for unit in target.stack.units]
    states = target.run(
        f"systemctl is-active {' '.join(names)}"
    ).out.splitlines()  # one command: it is waited for often
    for name, state in zip(names, states, strict=True):
        must(state == "active", target, name, expected="active", got=state)


def _backend(target: Target) -> Unit:
    return next(unit for unit in target.stack.units if unit.name == target.stack.backend.unit)


def _processes(target: Target, unit: Unit) -> list[Process]:
    """The processes of a unit's name, but for those of another declared unit: a neighbour may run the same program."""
    others = {other.name for other in target.stack.units if other != unit}
    return [p for p in target.processes() if p.name == unit.process and p.unit not in others]
