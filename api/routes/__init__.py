"""The routes, one module per noun."""

from __future__ import annotations

from fastapi import APIRouter

from api.routes import claims, entities, events, extract, graph, health, pages, sparql, statements

ROUTERS: tuple[APIRouter, ...] = tuple(
    module.router for module in (pages, sparql, entities, graph, statements, events, claims, extract, health))
