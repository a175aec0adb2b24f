"""Makes what a stack's host holds: make.py APP BAD, where APP holds the code and the good configurations.

APP must be on the path: the history is told by the code that will go on with it.
"""

import shutil
import sys
from pathlib import Path

import history
import loans
import models


def make(app: Path, bad: Path) -> None:
    """Trains the models, puts what is current into use, and fills the database."""
    artifacts = app / "artifacts/models"
    for folder in (artifacts, app / "config", app / "logs", bad / "models"):
        folder.mkdir(parents=True)
    made = models.train(artifacts, bad / "models")
    live, version = artifacts / "current_model.pkl", artifacts / f"model_{loans.CURRENT}.pkl"
    if loans.LINKED:
        live.symlink_to(version.name)
    else:
        shutil.copy2(version, live)
    shutil.copy2(app / f"backups/config/config_{loans.CURRENT}.yaml", app / "config/config.yaml")
    history.live(app, made)


if __name__ == "__main__":
    make(*map(Path, sys.argv[1:3]))
