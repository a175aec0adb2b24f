"""What is nlp-factor's own: applications judged by what was written of them, and the queue where a person reads on."""

import sqlite3
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

NAME = "nlp-factor"
FEATURES: dict[str, type] = {"narrative": str, "news": str}


def keep(connection: sqlite3.Connection, application: Mapping[str, Any]) -> None:
    """Inserts the document where it is new, the application, and its place in the queue where there is a doubt."""
    digest = sha256(f"{application['narrative']}\0{application['news']}".encode()).hexdigest()
    application = {**application, "digest": digest}
    connection.execute(
        "INSERT OR IGNORE INTO documents (digest, narrative, news) VALUES (:digest, :narrative, :news)", application
    )
    connection.execute(
        "INSERT INTO loan_staging (application_id, document_id, pd, decision, model, created_at)"
        " SELECT :application_id, id, :pd, :decision, :model, :created_at FROM documents WHERE digest = :digest",
        application,
    )
    if application["decision"] == "review":
        connection.execute(
            "INSERT INTO reviews (application_id, opened_at) VALUES (:application_id, :created_at)", application
        )
