"""The pages for people, one module per noun."""

from __future__ import annotations

from fastapi import APIRouter

from api.routes.pages import about, articles, claims, conflicts, entities, events, graph, home, query, sign_in

router = APIRouter(include_in_schema=False)
for _module in (home, articles, entities, events, claims, conflicts, graph, query, about, sign_in):
    router.include_router(_module.router)
