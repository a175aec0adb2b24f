"""What the programs share: their arguments, and an end that always says why, in one sentence and one number."""

from __future__ import annotations

import argparse
import os
import sqlite3
import traceback
from pathlib import Path
from typing import Callable

import config
import exits
import interrupts
from exits import Exit, Failure, described
from runlog import RunLog


def arguments(description: str) -> argparse.ArgumentParser:
    """A parser with what they all take."""
    parser = argparse.ArgumentParser(
        description=description,
        epilog=exits.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--config", type=Path, default=config.BESIDE, help="default: %(default)s")
    parser.add_argument("--list", action="store_true", help="list what there is, newest first, and end")
    return parser


def run(path: Path, action: Callable[[config.Config, RunLog], Exit]) -> Exit:
    """Read the configuration, open the log, act; every way to end becomes an Exit."""
    os.umask(0o077)  # A backup holds what the database holds: nobody else may read it, not even while it is made.
    try:
        settings = config.read(path)
    except Failure as failure:
        RunLog.say_only(failure.sentence)
        return failure.code
    log = RunLog(settings.log)
    try:
        with interrupts.raised():
            return action(settings, log)
    except Failure as failure:
        log.failed(failure.sentence)
        return failure.code
    except interrupts.Interrupted as signal:
        log.failed(f"ended by {signal}: nothing was changed")
        return Exit.CANCELLED
    except (OSError, sqlite3.Error) as error:
        log.failed(f"unexpected: {described(error)}")
        return Exit.UNEXPECTED
    except Exception as error:
        log.failed(f"unexpected: {described(error)} (the log has the details)")
        log.detail(traceback.format_exc())
        return Exit.UNEXPECTED
