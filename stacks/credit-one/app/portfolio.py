"""What is credit-one's own: loans to people, what it asks of an applicant, and where it keeps it."""

import sqlite3
from collections.abc import Mapping
from typing import Any

NAME = "credit-one"
FEATURES: dict[str, type] = {
    "age": int,
    "income": float,
    "debt_ratio": float,
    "late_payments": int,
    "amount": float,
    "term_months": int,
    "purpose": str,
}


def keep(connection: sqlite3.Connection, application: Mapping[str, Any]) -> None:
    """Inserts the applicant, the application and the decision."""
    connection.execute(
        "INSERT INTO applicants (ref, age, income, created_at) VALUES (:application_id, :age, :income, :created_at)",
        application,
    )
    connection.execute(
        "INSERT INTO loan_staging (application_id, applicant_id, debt_ratio, late_payments, amount, term_months,"
        " purpose, pd, decision, model, created_at) VALUES (:application_id, last_insert_rowid(), :debt_ratio,"
        " :late_payments, :amount, :term_months, :purpose, :pd, :decision, :model, :created_at)",
        application,
    )
    connection.execute(
        "INSERT INTO decisions (application_id, decision, decided_at) VALUES (:application_id, :decision, :created_at)",
        application,
    )
