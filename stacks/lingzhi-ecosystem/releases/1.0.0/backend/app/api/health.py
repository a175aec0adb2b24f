"""Whether the process answers, and which release it runs."""

from flask import Blueprint, Response, jsonify

from app.config import config

routes = Blueprint("health", __name__)


@routes.get("/health")
def health() -> Response:
    """Says that the process answers; the database is not asked."""
    return jsonify(status="ok")


@routes.get("/version")
def version() -> Response:
    """The release in memory, and the schema that it was written for."""
    return jsonify(release=config().release, schema=config().schema)
