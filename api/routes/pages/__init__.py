"""The pages for people, one module per noun."""

from __future__ import annotations

from fastapi import APIRouter

from api.routes.pages import about, graph, home, query

router = APIRouter(include_in_schema=False)
for _module in (home, graph, query, about):
    router.include_router(_module.router)
