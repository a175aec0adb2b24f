"""The Lingzhi backend: one Flask application over one SQLite file."""

import sqlite3

import orjson
from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException

from app.api import blueprints
from app.config import Config
from app.db import connect


def create_app(config: Config) -> Flask:
    """Builds the application and opens the database that it keeps for the life of the process."""
    flask = Flask(__name__, static_folder=None)
    flask.extensions["config"] = config
    flask.extensions["database"] = connect(config.database, config.schema)
    for blueprint in blueprints:
        flask.register_blueprint(blueprint, url_prefix="/api")
    flask.register_error_handler(HTTPException, refused)
    flask.register_error_handler(UnicodeEncodeError, not_a_text)
    flask.register_error_handler(sqlite3.DatabaseError, database_failed)
    return flask


def refused(error: HTTPException) -> Response:
    """Answers a refused request as JSON, with the status that the error carries."""
    return Response(orjson.dumps({"error": error.description}), error.code or 500, mimetype="application/json")


def not_a_text(_: UnicodeEncodeError) -> tuple[Response, int]:
    """Refuses half a character, which JSON can carry and neither the database nor a hash can."""
    return jsonify(error="a text holds half a character"), 400


def database_failed(error: sqlite3.DatabaseError) -> tuple[Response, int]:
    """Answers a request that the database could not serve."""
    return jsonify(error=f"database: {error}"), 500


app = create_app(Config.load())
