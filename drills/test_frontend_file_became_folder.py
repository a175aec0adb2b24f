"""In a release a file became a folder, and a folder a file: the site comes back as it was.

SOP B, type 1 (frontend): 2 minutes, recovery within 5 minutes, loss under 1 %.
"""

import pytest

pytestmark = pytest.mark.drill(rollback="frontend", harm="frontend.file_became_folder", reported="users")


@pytest.fixture(scope="module")
def drill(rehearsal):
    rehearsal.steady_state()
    backup = rehearsal.back_up()
    rehearsal.harm("frontend.file_became_folder")
    rehearsal.reported(by="users", kind="user report", why="the page about us is a download")
    rehearsal.detect()
    rehearsal.roll_back(backup)
    rehearsal.go_back()
    rehearsal.rerun(backup)
    rehearsal.close()
    return rehearsal


def test_rollback(record, fact):
    fact.holds(record)
