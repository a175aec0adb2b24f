"""The dashboard: `streamlit run dashboard.py`. It opens the database at its start; `/shown` is its page as text."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from risk import figures


@asynccontextmanager
async def open_database(_: st.App) -> AsyncIterator[None]:
    """The first to open it is the start, not the first visitor."""
    figures.connection()
    yield


def shown(_: Request) -> Response:
    """What the page shows, for those who read no page."""
    return PlainTextResponse(figures.text())


app = st.App("page.py", lifespan=open_database, routes=[Route("/shown", shown)])
