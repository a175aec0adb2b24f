"""Talking to an agent."""

import json
from pathlib import Path

from flask import Blueprint, Response, abort, jsonify

from app.api.fields import body, key, text
from app.config import config
from app.outside import OutsideError, call

AGENTS = Path(__file__).resolve().parent.parent / "agents"
PATIENCE = 20

routes = Blueprint("agent", __name__)


@routes.post("/agent/chat")
def chat() -> Response:
    """Passes a message to the model, with the agent's persona, and its reply back."""
    sent = body()
    agent, content = key(sent.get("agentId"), "agentId"), text(sent, "content")
    try:
        answer = call(config().model_url, {"content": content, "persona": persona(agent)}, PATIENCE)
    except OutsideError as error:
        abort(503, f"the model does not answer: {error}")
    reply = answer.get("reply")
    if not isinstance(reply, str):
        abort(503, "the model answers without a reply")
    return jsonify(agentId=agent, reply=reply)


def persona(agent: str) -> object:
    """The agent's own persona, or the one that all agents share."""
    own = AGENTS / f"{agent}.json"
    chosen = own if own.is_file() else AGENTS / ".defaults.json"
    return json.loads(chosen.read_text(encoding="utf-8"))
