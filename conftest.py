"""Names the plugins; what they do is in fixtures/ and reports/."""

pytest_plugins = ["reports.plugin", "fixtures.plugin", "fixtures.live_plugin", "fixtures.lint.plugin"]
