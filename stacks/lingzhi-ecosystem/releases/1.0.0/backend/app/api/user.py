"""Who is logged in."""

from flask import Blueprint, Response, jsonify

from app.auth import requester
from app.db import database

routes = Blueprint("user", __name__)


@routes.get("/user/info")
def info() -> Response:
    """Describes the token's user; without a token, says that nobody is logged in."""
    user = requester()
    if user is None:
        return jsonify(authenticated=False, user=None)
    row = database().execute("SELECT id, username, email FROM users WHERE id = ?", (user["id"],)).fetchone()
    return jsonify(authenticated=True, user=dict(row))
