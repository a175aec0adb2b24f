"""The endpoints under /api, one subject a module."""

from app import containment
from app.api import agent, checkin, health, login, pay, user

blueprints = (
    containment.routes,
    agent.routes,
    checkin.routes,
    health.routes,
    login.routes,
    pay.routes,
    user.routes,
)
