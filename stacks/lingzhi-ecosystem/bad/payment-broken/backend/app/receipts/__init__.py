"""A receipt for each payment."""

from pathlib import Path

TEMPLATE = Path(__file__).with_name(".template.txt").read_text(encoding="utf-8")


def receipt(name: str, amount: int) -> str:
    """The receipt's text."""
    return TEMPLATE.format(name=name, amount=amount)
