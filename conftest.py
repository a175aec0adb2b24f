"""Names the plugins; what they do is in fixtures/ and reports/."""

pytest_plugins = [
    "reports.plugin",
    "fixtures.options",
    "fixtures.selection",
    "fixtures.plugin",
    "fixtures.recovery_plugin",
    "fixtures.exploration.plugin",
    "fixtures.live_plugin",
    "fixtures.lint.plugin",
]
