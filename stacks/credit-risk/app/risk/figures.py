"""What the dashboard shows, read by one connection that is open for as long as it runs."""

import sqlite3
from typing import Any

import streamlit as st

import portfolio
from risk.database import connect

TITLE = f"{portfolio.NAME}: credit risk"
LATEST = 5


@st.cache_resource
def connection() -> sqlite3.Connection:
    """The connection, which every session shares."""
    opened = connect(mode="ro")
    opened.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return opened


def counts() -> dict[str, int]:
    """How many applications there are, and how many of each decision."""
    [total] = connection().execute("SELECT count(*) FROM loan_staging").fetchone()
    decisions = connection().execute("SELECT decision, count(*) FROM loan_staging GROUP BY decision ORDER BY decision")
    return {"loan_staging": total, **dict(map(tuple, decisions))}


def latest() -> list[dict[str, Any]]:
    """The newest decisions."""
    query = "SELECT application_id, pd, decision, created_at FROM loan_staging ORDER BY id DESC LIMIT ?"
    return [dict(row) for row in connection().execute(query, (LATEST,))]


def text() -> str:
    """The page in lines."""
    figures = [f"{name}: {value}" for name, value in counts().items()]
    decisions = [" ".join(map(str, row.values())) for row in latest()]
    return "\n".join([TITLE, *figures, "latest decisions:", *decisions, ""])
