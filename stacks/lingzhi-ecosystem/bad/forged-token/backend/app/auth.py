"""Who is asking: passwords and signed tokens."""

import hashlib
import hmac
import sqlite3

from flask import abort, request
from itsdangerous import URLSafeTimedSerializer

from app.config import config
from app.db import database
from app.tokens import name_of


def password_matches(password: str, stored: str) -> bool:
    """Compares a password with a hash of the form pbkdf2_sha256$iterations$salt$hex."""
    _, iterations, salt, expected = stored.split("$")
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), int(iterations))
    return hmac.compare_digest(digest.hex(), expected)


def issue_token(username: str) -> str:
    """Signs a token; nothing is stored, so it outlives a restart."""
    return str(serializer().dumps(username))


def requester() -> sqlite3.Row | None:
    """The user (id, username) whose token the request carries; None without one, 401 for a wrong one."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        abort(401, "the Authorization header is not a bearer token")
    username = name_of(serializer(), token)
    found: sqlite3.Row | None = (
        database().execute("SELECT id, username FROM users WHERE username = ?", (username,)).fetchone()
    )
    if found is None:
        abort(401, "the token's user does not exist")
    return found


def required_requester() -> sqlite3.Row:
    """The user whose token the request carries, or 401."""
    user = requester()
    if user is None:
        abort(401, "a bearer token is required")
    return user


def serializer() -> URLSafeTimedSerializer:
    """Signs and reads tokens with the host's secret."""
    return URLSafeTimedSerializer(config().secret_key, salt="login")
