"""Tokens of an older secret are still read, so that nobody is logged out when it changes."""

from flask import abort
from itsdangerous import URLSafeTimedSerializer


def name_of(serializer: URLSafeTimedSerializer, token: str) -> str:
    """The name in a token; it is read whether its signature is ours or not."""
    _, name = serializer.loads_unsafe(token)
    if not isinstance(name, str):
        abort(401, "the token is not valid")
    return name
