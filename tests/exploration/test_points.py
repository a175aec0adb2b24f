"""Which points there are, and which of them cannot differ."""

from __future__ import annotations

import calls
import pytest
import syscalls

from fixtures.exploration.points import HANGUP, KILL, LOST, WITHOUT_DATA, Call, all_points, merged


def call(number, name, *paths, kind="", effect="", fresh=(), program="rollback.py"):
    return Call(
        number, name, kind or calls.kind_of(name), effect, paths, fresh, program, "", "", f"{name} {paths}", number
    )


def ids(points, fault):
    return [point.call.number for point in points if point.fault == fault]


def test_every_call_of_both_machines_is_either_a_change_or_harmless_or_not_known():
    known = calls.CHANGES.keys() | calls.HARMLESS
    assert not calls.CHANGES.keys() & calls.HARMLESS
    assert known <= {*syscalls.names("x86_64").values(), *syscalls.names("aarch64").values()}


@pytest.mark.parametrize("name", ["io_uring_setup", "process_vm_writev", "number 4711"])
def test_a_call_that_is_in_neither_part_is_named(name):
    with pytest.raises(calls.Unclassified, match=name):
        calls.kind_of(name)


def test_a_machine_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="riscv64"):
        syscalls.names("riscv64")


@pytest.mark.parametrize(
    ("of", "faults"),
    [
        (call(1, "rename", "/a", "/b"), {KILL, HANGUP, "ENOSPC", "EIO", "EACCES", "EROFS", LOST, WITHOUT_DATA}),
        (call(1, "write", "/a"), {KILL, HANGUP, "ENOSPC", "EIO", LOST, WITHOUT_DATA}),
        (call(1, "unlink", "/a"), {KILL, HANGUP, "EIO", "EACCES", "EROFS", LOST, WITHOUT_DATA}),
        (call(1, "openat", "/a", effect="opens"), {KILL, HANGUP, "EIO", "EACCES", "EROFS", LOST, WITHOUT_DATA}),
        (call(1, "sendmsg", "unix socket"), {KILL, HANGUP, LOST, WITHOUT_DATA}),
        (call(1, "kill"), {KILL, HANGUP, LOST, WITHOUT_DATA}),
    ],
    ids=lambda value: value.call if isinstance(value, Call) else "",
)
def test_a_call_has_the_faults_that_it_can_return(of, faults):
    points = all_points("database", [of])
    assert {point.fault for point in points} == faults
    assert points[0].id == f"database-0001-{of.call}-kill"


def test_of_the_blocks_of_one_copy_the_first_and_the_last_stay():
    recorded = [call(n, "write", "/partial", fresh=(1,)) for n in range(1, 9)]
    assert ids(merged(all_points("database", recorded)), KILL) == [1, 8]


def test_of_a_tree_that_is_made_each_call_stays_twice_however_many_files_it_has():
    recorded = [
        call(3 * n + offset, name, f"/partial/{n}", fresh=(1,))
        for n in range(50)
        for offset, name in ((1, "write"), (2, "chmod"), (3, "setxattr"))
    ]
    assert ids(merged(all_points("database", recorded)), KILL) == [1, 2, 3, 148, 149, 150]


def test_two_things_made_under_one_name_one_after_the_other_are_two():
    recorded = [call(1, "write", "/partial", fresh=(1,)), call(2, "rename", "/partial", "/a", fresh=(1,)),
                call(3, "write", "/partial", fresh=(2,)), call(4, "rename", "/partial", "/a", fresh=(2,))]  # fmt: skip
    assert ids(merged(all_points("database", recorded)), KILL) == [1, 2, 3, 4]


def test_what_is_done_to_what_others_know_stays():
    recorded = [call(1, "rename", "/a", "/b"), call(2, "rename", "/c", "/d"), call(3, "rename", "/e", "/f")]
    assert ids(merged(all_points("database", recorded)), KILL) == [1, 2, 3]


def test_of_one_conversation_the_first_and_the_last_message_stay():
    recorded = [call(n, "sendmsg", "unix socket") for n in range(1, 7)]
    assert ids(merged(all_points("database", recorded)), KILL) == [1, 6]


def test_power_cuts_stay_where_the_disk_can_have_changed():
    recorded = [call(1, "write", "/a"), call(2, "fsync", "/a"), call(3, "rename", "/a", "/b"), call(4, "chmod", "/b")]
    points = merged(all_points("database", recorded))
    assert ids(points, LOST) == [1, 3]
    assert ids(points, WITHOUT_DATA) == [1, 3, 4]


def test_who_is_killed_after_a_sync_leaves_what_he_left_before_it():
    recorded = [call(1, "write", "/a"), call(2, "fsync", "/a"), call(3, "rename", "/a", "/b"), call(4, "chmod", "/b"),
                call(5, "openat", "/c", effect="opens"), call(6, "fchown", "/c")]  # fmt: skip
    assert ids(merged(all_points("database", recorded)), KILL) == [1, 2, 4, 5]


def test_at_its_end_only_the_power_can_fail():
    recorded = [call(1, "write", "/a"), call(2, "exit_group", kind="end")]
    points = merged(all_points("database", recorded))
    assert [point.id for point in points if point.call.kind == "end"] == [
        "database-0002-exit_group-power-all", "database-0002-exit_group-power-data"
    ]  # fmt: skip
