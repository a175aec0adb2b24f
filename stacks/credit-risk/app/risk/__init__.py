"""A credit-risk service: what the three have in common. Each has a `portfolio.py` of its own beside this."""
