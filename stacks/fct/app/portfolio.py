"""What is fct's own: loans to firms, judged by the state of the economy, and what is set aside for each."""

import sqlite3
from collections.abc import Mapping
from typing import Any

NAME = "fct"
FEATURES: dict[str, type] = {
    "amount": float,
    "loan_to_value": float,
    "years": int,
    "sector": str,
    "gdp_growth": float,
    "unemployment": float,
    "policy_rate": float,
}
LOST_OF_A_DEFAULT = 0.45


def keep(connection: sqlite3.Connection, application: Mapping[str, Any]) -> None:
    """Inserts the scenario where it is new, the application, and what is set aside for it."""
    connection.execute(
        "INSERT OR IGNORE INTO scenarios (gdp_growth, unemployment, policy_rate)"
        " VALUES (:gdp_growth, :unemployment, :policy_rate)",
        application,
    )
    connection.execute(
        "INSERT INTO loan_staging (application_id, scenario_id, amount, loan_to_value, years, sector, pd, decision,"
        " model, created_at) SELECT :application_id, id, :amount, :loan_to_value, :years, :sector, :pd, :decision,"
        " :model, :created_at FROM scenarios WHERE gdp_growth = :gdp_growth AND unemployment = :unemployment"
        " AND policy_rate = :policy_rate",
        application,
    )
    expected_loss = application["pd"] * application["amount"] * LOST_OF_A_DEFAULT
    connection.execute(
        "INSERT INTO provisions (application_id, expected_loss) VALUES (:application_id, :expected_loss)",
        {**application, "expected_loss": expected_loss},
    )
