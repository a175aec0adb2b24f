"""The filter: it stops at every call that may change the host, and lets by what never does."""

from __future__ import annotations

import os
import struct

import calls
import pytest
import seccomp
import syscalls

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, TRACE = 0x7FFF0000, 0x7FF00000


def answer(code, architecture, number, arguments=()):
    """What the kernel would make of a call: a machine of the four instructions that the filter has."""
    given = struct.pack("<IIQ6Q", number, architecture, 0, *[*arguments, 0, 0, 0, 0, 0, 0][:6])
    held, at = 0, 0
    while True:
        operation, yes, no, value = struct.unpack_from("=HBBI", code, 8 * at)
        at += 1
        if operation == 0x06:
            return value
        if operation == 0x20:
            held = struct.unpack_from("<I", given, value)[0]
        else:
            is_so = held == value if operation == 0x15 else held & value
            at += yes if is_so else no


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_every_call_that_changes_is_stopped_at(machine):
    code = seccomp.program(machine)
    everything = (0, os.O_RDWR, os.O_RDWR | 2)
    for number, name in syscalls.names(machine).items():
        expected = ALLOW if name in calls.HARMLESS else TRACE
        assert answer(code, ARCHITECTURES[machine], number, everything) == expected, name


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_what_is_opened_to_be_read_goes_by(machine):
    code = seccomp.program(machine)
    [number] = [number for number, name in syscalls.names(machine).items() if name == "openat"]
    for flags, expected in [
        (os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY, ALLOW), (os.O_WRONLY, TRACE), (os.O_RDWR, TRACE),
        (os.O_RDONLY | os.O_CREAT, TRACE), (os.O_RDONLY | os.O_TRUNC, TRACE), (os.O_TMPFILE | os.O_RDWR, TRACE),
    ]:  # fmt: skip
        assert answer(code, ARCHITECTURES[machine], number, (0, 0, flags)) == expected, flags


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_the_calls_of_another_architecture_and_unknown_ones_are_stopped_at(machine):
    code = seccomp.program(machine)
    assert answer(code, 0x40000003, 3) == TRACE
    assert answer(code, ARCHITECTURES[machine], 9999) == TRACE


def test_a_call_can_be_asked_for():
    [number] = [number for number, name in syscalls.names("x86_64").items() if name == "exit_group"]
    assert answer(seccomp.program("x86_64"), ARCHITECTURES["x86_64"], number) == ALLOW
    assert answer(seccomp.program("x86_64", also=("exit_group",)), ARCHITECTURES["x86_64"], number) == TRACE


def test_an_unknown_machine_is_refused():
    with pytest.raises(ValueError, match="found a machine of s390x"):
        seccomp.program("s390x")
