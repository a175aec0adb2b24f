"""The rollback itself is broken, at every point at which it changes the host: killed, refused, or the power fails.

Whatever is done to it, it comes to its end or says that it did not, leaves no mixture, and a second run completes it.
`pytest drills/ -m exploration`; docs/exploration.md has the rule, and how one point is tried again by its id.
"""

import pytest

pytestmark = pytest.mark.exploration


def test_every_point(exploration):
    exploration.prepare()
    exploration.record()
    exploration.try_every_point()
    exploration.close()
    assert not exploration.failing, "\n".join(exploration.failing)
