"""The report page of a run: one file of HTML, made from the run's journals and from nothing else; and its records.

`python -m reports.page FOLDER` makes it again.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports import card, exploration, figures, files, incident, journal, overview, real, text, timeline
from reports.record import NEVER_LOST, load
from reports.verdict import WORST_FIRST
from reports.words import LANGUAGES, Language

PAGE = "index.html"


def render(folder: Path, language: Language = "en") -> Path:
    """Write `index.html` from all journals (`*.jsonl`) in a folder, at once or not at all, and say where.

    The records of each drill (`reports.incident`) are written beside it, in a language, and are on the page.

    Raises:
        ValueError: the folder holds no journal; a page about nothing would read as good news.
        OSError: the folder cannot be read or written.
    """
    journals = sorted(path for path in folder.iterdir() if path.suffix == ".jsonl")
    if not journals:
        raise ValueError(f"{folder}: no journal (*.jsonl) in this folder")
    run = _read(journals)
    documents = incident.documents((card.record for card in run.cards), language)
    template = _environment().get_template("page.html.j2")
    page = template.render(name=folder.resolve().name, run=run, documents=documents, language=language)
    incident.write(folder, documents)
    return files.replace(folder / PAGE, page)


def main(arguments: list[str]) -> str | None:
    """Render the folder named on the command line; a sentence if that fails."""
    parser = argparse.ArgumentParser(prog="python -m reports.page", description="Make a run's report page again.")
    parser.add_argument("folder", type=Path, help="a run's folder of journals, such as reports/runs/20260301_120000")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="of the records (en)")
    given = parser.parse_args(arguments)
    folder: Path = given.folder
    try:
        print(render(folder, given.lang))
    except ValueError as error:
        return str(error)
    except OSError as error:
        return f"{error.filename or folder}: {error.strerror}"
    return None


def _read(journals: list[Path]) -> overview.Overview:
    cards: list[card.Card] = []
    unreadable: list[overview.Unreadable] = []
    reals: list[overview.RealCard] = []
    explorations: list[overview.ExplorationCard] = []
    for number, path in enumerate(journals, 1):
        anchor = f"drill-{number}"
        try:
            if journal.begins_with(path, real.EVENT):
                reals.append(overview.RealCard(f"real-{number}", real.load(path)))
                continue
            if journal.begins_with(path, exploration.EVENT):
                explorations.append(overview.ExplorationCard(f"exploration-{number}", exploration.load(path)))
                continue
            cards.append(card.Card(anchor, load(path)))
        except ValueError as error:
            unreadable.append(overview.Unreadable(anchor, path.name, str(error)))
        except OSError as error:
            unreadable.append(overview.Unreadable(anchor, path.name, f"{path}: {error.strerror}"))
    cards.sort(key=lambda drill: (WORST_FIRST.index(drill.judgement.verdict), drill.record.started))
    return overview.Overview(cards, unreadable, reals, explorations)


def _environment() -> Environment:
    """Templates in which every value is made visible and escaped, wherever it stands."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,  # by name it would leave out *.j2
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"excerpt": text.excerpt, "cells": card.cells, "parts": card.PARTS, "claim": card.claim}
    environment.globals |= {
        "legs": card.LEGS,
        "stages": card.STAGES,
        "never_lost": NEVER_LOST,
        "strip": timeline.STRIP,
        "longest": text.LONGEST_LINE,
    }
    environment.filters |= {
        name: getattr(figures, name) for name in ("span", "share", "offset", "moment", "date", "count")
    }
    environment.filters["shorten"] = text.shorten
    return environment


def _visible(value: Any) -> Any:
    return text.visible(value) if type(value) is str else value  # markup, a subclass, is the template's own


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
