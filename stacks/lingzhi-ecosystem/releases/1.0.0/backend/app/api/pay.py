"""Payments: charged by the bank, kept here."""

from flask import Blueprint, Response, abort, jsonify, request

from app.api.fields import body, key
from app.auth import required_requester
from app.config import config
from app.db import database, now, write_transaction
from app.outside import OutsideError, call

PATIENCE = 30

routes = Blueprint("pay", __name__)


@routes.post("/pay")
def create() -> tuple[Response, int]:
    """Charges the token's user once for each Idempotency-Key.

    The bank is called inside the write transaction, on purpose: no charge is kept that the bank refused, and the key
    is taken while the bank thinks. The price is that the write lock is held for as long as the bank takes.
    """
    user = required_requester()
    name, amount = key(request.headers.get("Idempotency-Key"), "Idempotency-Key"), cents(body().get("amount_cents"))
    with write_transaction() as connection:
        earlier = connection.execute("SELECT id FROM payments WHERE idempotency_key = ?", (name,)).fetchone()
        if earlier is not None:
            return jsonify(id=earlier["id"], idempotency_key=name), 200
        created = connection.execute(
            "INSERT INTO payments (user_id, idempotency_key, amount_cents, created_at) VALUES (?, ?, ?, ?)",
            (user["id"], name, amount, now()),
        )
        charge(name, amount)
    return jsonify(id=created.lastrowid, idempotency_key=name), 201


@routes.get("/pay/<name>")
def read(name: str) -> Response:
    """One payment, as the database holds it."""
    row = (
        database()
        .execute("SELECT id, idempotency_key, amount_cents FROM payments WHERE idempotency_key = ?", (name,))
        .fetchone()
    )
    if row is None:
        abort(404, "no such payment")
    return jsonify(dict(row))


def cents(value: object) -> int:
    """A sum of money above zero that fits the column."""
    # JSON's true is an int to Python.
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63:
        abort(400, "amount_cents must be a whole number above zero")
    return value


def charge(name: str, amount: int) -> None:
    """Has the bank charge the sum, or refuses the request with 502."""
    try:
        answer = call(config().bank_url, {"idempotency_key": name, "amount_cents": amount}, PATIENCE)
    except OutsideError as error:
        abort(502, f"the bank does not answer: {error}")
    if answer.get("approved") is not True:
        abort(502, "the bank refused the payment")
