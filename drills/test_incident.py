"""An incident, from detection to review: graded, evidence kept, contained, decided, rolled back, and people told.

SOP A: Detect, Triage, Contain, Fix, Review, with its containment checklist; SOP B, phases 1 to 5. Its records lie
beside the report: the rollback log, and the incident report with what only people can know left to be written.
"""

import pytest

pytestmark = pytest.mark.drill(
    rollback="database",
    harm="database.migration_mangles_rows",
    trigger="data lost or corrupted",
    needs=("evidence", "containment"),
)


@pytest.fixture(scope="module")
def drill(rehearsal):
    rehearsal.steady_state()
    rehearsal.back_up()
    rehearsal.harm("database.migration_mangles_rows")
    rehearsal.detect()
    rehearsal.open_incident()
    rehearsal.keep_evidence()
    rehearsal.contain()
    backup = rehearsal.decide()
    rehearsal.notify("rollback starts", backup)
    rehearsal.roll_back(backup)
    rehearsal.notify("rollback complete", backup)
    rehearsal.go_back()
    rehearsal.rerun(backup)
    rehearsal.close()
    return rehearsal


def test_rollback(record, fact):
    fact.holds(record)
