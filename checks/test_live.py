"""After a real rollback: does the host hold what it must? One row a check, read-only, while it takes writes.

    pytest checks/ --stack PATH --target ssh://root@host --url https://www.service.example

The measure is the manifest of the backup that was rolled back to. A row that is skipped was not judged, and says why.
"""

from __future__ import annotations

from checks.registry import Result


def test_holds(result: Result) -> None:
    """What is declared in this folder, as far as it can be said of a host that nobody saw before."""
    assert result.holds, result.message
