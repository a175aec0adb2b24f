"""Logging in."""

from flask import Blueprint, Response, abort, jsonify

from app.api.fields import body, text
from app.auth import issue_token, password_matches
from app.db import database
from app.recent import is_recent, remember

routes = Blueprint("login", __name__)


@routes.post("/login")
def login() -> Response:
    """Gives a token for a right name and password."""
    sent = body()
    username, password = text(sent, "username"), text(sent, "password")
    user = database().execute("SELECT password_hash FROM users WHERE username = ?", (username,)).fetchone()
    if user is None or not (is_recent(username) or password_matches(password, user["password_hash"])):
        abort(401, "wrong username or password")
    remember(username)
    return jsonify(token=issue_token(username), username=username)
