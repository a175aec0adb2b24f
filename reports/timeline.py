"""The timeline of a drill: one axis of time, a lane for each kind of thing seen, and the moments that count.

It is reckoned here and drawn by `templates/timeline.svg.j2`. Across, places are percent of the width, so that text
keeps its size on any screen; what is seen many times is gathered into columns, so that its size is bounded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from reports import figures
from reports.record import NEVER_LOST, Execution, Record

COLUMNS = 250
STRIP = 20  # height of a lane's strip in pixels; its paths are drawn in a box of 1000 by that
TALL, SHORT = 20.0, 8.0
_LANE = STRIP + 26
_ROW = 22
_APART = 6.5  # percent between two badges in a row: their width on the narrowest screen


@dataclass(frozen=True)
class Mark:
    """A moment that counts; `x` in percent, `row` of its badge from the top."""

    number: int
    what: str
    at: float
    x: float
    row: int


@dataclass(frozen=True)
class Stretch:
    """A phase, or a band behind the lanes; `x` and `width` in percent."""

    letter: str
    name: str
    at: float
    seconds: float
    x: float
    width: float


@dataclass(frozen=True)
class Lane:
    """One kind of thing seen; `strokes` are SVG paths by the class that draws them, `y` the top of the strip."""

    name: str
    strokes: dict[str, str]
    y: float


@dataclass(frozen=True)
class Timeline:
    """All that is drawn. Heights in pixels, moments in epoch seconds."""

    zero: float
    zero_is: str
    ticks: list[tuple[float, str]]
    marks: list[Mark]
    phases: list[Stretch]
    bands: list[Stretch]
    lanes: list[Lane]
    top: float  # where the phases begin
    bottom: float  # where the lanes end


def timeline(record: Record) -> Timeline | None:
    """Lay a drill out on one axis of time; None where nothing was seen that takes any time."""
    moments = _moments(record)
    start, end = min(moments), max(moments)
    if end - start < 0.001:
        return None
    axis = _Axis(start, end)
    marks = _marks(record, axis)
    top = _ROW * (max((mark.row for mark in marks), default=-1) + 1)
    lanes = _lanes(record, axis, top + (30 if record.phases else 0))
    run = record.rollback_run
    zero = run.started if run else record.started
    return Timeline(
        zero=zero,
        zero_is="the rollback procedure started" if run else "the drill started",
        ticks=axis.ticks(zero),
        marks=marks,
        phases=_phases(record, axis),
        bands=_bands(record, axis),
        lanes=lanes,
        top=top,
        bottom=lanes[-1].y + STRIP + 4,
    )


@dataclass(frozen=True)
class _Axis:
    start: float
    end: float

    def x(self, at: float) -> float:
        """Percent of the width, kept inside it."""
        return round(min(100.0, max(0.0, 100 * (at - self.start) / (self.end - self.start))), 2)

    def column(self, at: float) -> int:
        return min(COLUMNS - 1, int(self.x(at) / 100 * COLUMNS))

    def stretch(self, letter: str, name: str, start: float, end: float) -> Stretch:
        return Stretch(
            letter, name, start, end - start, self.x(start), max(0.15, round(self.x(end) - self.x(start), 2))
        )

    def ticks(self, zero: float) -> list[tuple[float, str]]:
        """At most six, at round distances from zero."""
        rough = (self.end - self.start) / 5
        scale = 10.0 ** math.floor(math.log10(rough))
        step = next(scale * factor for factor in (1, 2, 5, 10) if scale * factor >= rough)
        first, last = math.ceil((self.start - zero) / step), math.floor((self.end - zero) / step)
        ticks = (number * step for number in range(first, last + 1))
        return [(self.x(zero + at), "0" if at == 0 else figures.offset(at, figures.limit)) for at in ticks]


def _moments(record: Record) -> list[float]:
    runs = [run for run in (record.backup, record.rollback_run) if run]
    return [
        record.started,
        *(phase.at for phase in record.phases),
        *(harm.at for harm in record.harms),
        *(at for run in runs for at in (run.started, run.ended)),
        *(at for probe in record.probes for at in (probe.at, probe.at + probe.seconds)),
        *(at for write in record.writes for at in (write.sent, write.answered) if at is not None),
        *(at for check in record.checks for at in (check.started, check.ended)),
        *(at for at in (record.detected, record.recovered) if at is not None),
    ]


def _marks(record: Record, axis: _Axis) -> list[Mark]:
    found = [(harm.at, f"harm: {harm.name}") for harm in record.harms]
    if record.backup:
        found.append((record.backup.ended, "backup taken"))
    elif record.backup_taken is not None and record.backup_taken >= axis.start:
        found.append((record.backup_taken, "backup taken"))
    if record.detected is not None:
        found.append((record.detected, f"damage detected{_by(record)}"))
    if record.rollback_run:
        found += [(record.rollback_run.started, "rollback started"), (record.rollback_run.ended, "rollback ended")]
    if record.recovered is not None:
        found.append((record.recovered, "recovered: the host serves rightly"))
    marks: list[Mark] = []
    for number, (at, what) in enumerate(sorted(found), 1):
        x = axis.x(at)
        taken = {mark.row for mark in marks if x - mark.x < _APART}
        row = next(row for row in range(len(marks) + 1) if row not in taken)
        marks.append(Mark(number, what, at, x, row))
    return marks


def _by(record: Record) -> str:
    """What told first, if it was not a check."""
    told = [(t.at, t.name) for t in record.fired("damaged")]
    told += [(report.at, f"{report.kind} by {report.by}") for report in record.reports]
    return next((f": {name}" for at, name in sorted(told) if at == record.detected), "")


def _phases(record: Record, axis: _Axis) -> list[Stretch]:
    phases = sorted(record.phases, key=lambda phase: phase.at)
    ends = [*(phase.at for phase in phases[1:]), axis.end]
    return [
        axis.stretch(_letter(number), phase.name, phase.at, end)
        for number, (phase, end) in enumerate(zip(phases, ends, strict=False))
    ]


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else f"{number + 1}"


def _bands(record: Record, axis: _Axis) -> list[Stretch]:
    run = record.rollback_run
    if run is None:
        return []
    bands = [axis.stretch("", "rollback", run.started, run.ended)]
    if record.recovered is not None and record.recovered > run.ended:
        bands.append(axis.stretch("", "recovery", run.ended, record.recovered))
    return bands


def _lanes(record: Record, axis: _Axis, top: float) -> list[Lane]:
    found: list[tuple[str, dict[str, str]]] = []
    for path, name in (("name", "Probes by name"), ("direct", "Probes direct")):
        seen = [probe for probe in record.probes if probe.path == path]
        failed = [probe for probe in seen if not probe.ok]
        bad = {column: TALL for probe in failed for column in _columns(axis, probe.at, probe.at + probe.seconds)}
        good = {axis.column(probe.at): SHORT for probe in seen if probe.ok}
        strokes = {"good": _path({c: h for c, h in good.items() if c not in bad}), "bad": _path(bad)}
        found.append((f"{name}: {len(seen):,}, {len(failed):,} failed (tall)", strokes))
    for name, stroke, outcome in (
        ("Writes acknowledged", "good", "acked"),
        ("Writes refused", "plain", "refused"),
        ("Writes refused by containment", "plain", "contained"),
        ("Writes of unknown outcome", "plain", "unknown"),
    ):
        sent = [write.sent for write in record.writes if write.outcome == outcome]
        if sent or outcome != "contained":  # most drills contain nothing
            found.append((f"{name}: {len(sent):,}", {stroke: _path(_density(axis, sent))}))
    lost = [write for write in record.writes if write.outcome == "acked" and write.present is False]
    never = {axis.column(write.sent): TALL for write in lost if write.part in NEVER_LOST}
    cost = {column: SHORT for write in lost if (column := axis.column(write.sent)) not in never}
    name = f"Acknowledged, then lost: {len(lost):,}" + (" (tall: some that must never be)" if never else "")
    found.append((name, {"plain": _path(cost), "bad": _path(never)}))
    lines = record.rollback_run.lines if record.rollback_run else []
    errors = {axis.column(line.at): TALL for line in lines if line.stream == "stderr"}
    said = {axis.column(line.at): TALL / 2 for line in lines}
    name = f"Rollback procedure's output: {figures.count(len(lines), 'line')}" + (" (tall: stderr)" if errors else "")
    found.append((name, {"ink": _path({**said, **errors}), **_span(axis, record.rollback_run)}))
    return [Lane(name, strokes, top + number * _LANE + 20) for number, (name, strokes) in enumerate(found)]


def _columns(axis: _Axis, start: float, end: float) -> range:
    return range(axis.column(start), axis.column(end) + 1)


def _span(axis: _Axis, run: Execution | None) -> dict[str, str]:
    return {"under": _path(dict.fromkeys(_columns(axis, run.started, run.ended), 2.0))} if run else {}


def _density(axis: _Axis, moments: Iterable[float]) -> dict[int, float]:
    """A height for each column in which something happened, by how often, none so low that it is overlooked."""
    counts: dict[int, int] = {}
    for at in moments:
        counts[axis.column(at)] = counts.get(axis.column(at), 0) + 1
    most = max(counts.values(), default=1)
    return {column: round(SHORT + (TALL - SHORT) * number / most) for column, number in counts.items()}


def _path(heights: dict[int, float]) -> str:
    """An SVG path of bars that stand on the strip's floor; neighbours of one height are one bar."""
    width = 1000 // COLUMNS
    bars: list[tuple[int, int, float]] = []
    for column in sorted(heights):
        height = heights[column]
        if bars and bars[-1][0] + bars[-1][1] == column and bars[-1][2] == height:
            bars[-1] = (bars[-1][0], bars[-1][1] + 1, height)
        else:
            bars.append((column, 1, height))
    return "".join(f"M{c * width} {STRIP}v-{h:g}h{n * width}v{h:g}z" for c, n, h in bars)
