"""Check-ins: one row a visit."""

from flask import Blueprint, Response, abort, jsonify

from app.api.fields import body, key
from app.auth import required_requester
from app.db import database, now

# Its address is taken: a check-in of this name could never be read.
RESERVED = "status"

routes = Blueprint("checkin", __name__)


@routes.get("/checkin/status")
def status() -> Response:
    """How often the token's user checked in, and when last."""
    user = required_requester()
    row = (
        database()
        .execute("SELECT count(*) AS total, max(created_at) AS last FROM checkins WHERE user_id = ?", (user["id"],))
        .fetchone()
    )
    return jsonify(username=user["username"], total=row["total"], last=row["last"])


@routes.post("/checkin")
def create() -> tuple[Response, int]:
    """Records a check-in; the same ref again answers the same row."""
    user = required_requester()
    sent = body()
    ref, note = key(sent.get("ref"), "ref"), sent.get("note", "")
    if ref == RESERVED or not isinstance(note, str):
        abort(400, f"ref must not be {RESERVED!r} and note must be a text")
    created = database().execute(
        "INSERT INTO checkins (user_id, ref, note, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (ref) DO NOTHING",
        (user["id"], ref, note, now()),
    )
    row = database().execute("SELECT id FROM checkins WHERE ref = ?", (ref,)).fetchone()
    return jsonify(id=row["id"], ref=ref), 201 if created.rowcount else 200


@routes.get("/checkin/<ref>")
def read(ref: str) -> Response:
    """One check-in, as the database holds it."""
    row = database().execute("SELECT id, ref, note FROM checkins WHERE ref = ?", (ref,)).fetchone()
    if row is None:
        abort(404, "no such check-in")
    return jsonify(dict(row))
