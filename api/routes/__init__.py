"""The routes, one module per noun."""

from __future__ import annotations

from fastapi import APIRouter

from api.routes import (
    articles,
    claims,
    entities,
    events,
    extract,
    graph,
    graph_store,
    health,
    jobs,
    merges,
    pages,
    sparql,
    statements,
)

OPEN_ROUTERS: tuple[APIRouter, ...] = tuple(module.router for module in (pages, sparql, graph_store, health))
"""Routes that ask for a scope themselves, or need none."""

READING_ROUTERS: tuple[APIRouter, ...] = tuple(
    module.router for module in (articles, entities, graph, statements, events, claims, merges, extract, jobs))
"""Routes for those who may read."""
