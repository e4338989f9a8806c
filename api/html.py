"""How pages for people are made: templates filled with views of the store, and errors that a person can read."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Coroutine, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.templating import Jinja2Templates
from markupsafe import Markup, escape
from starlette.exceptions import HTTPException

from api.access import ANONYMOUS
from api.pool import PoolError
from api.routes.views import reply_to
from api.service import service_of
from api.sessions import client_of
from kg.views.terms import label
from kg.vocab import compact

_templates = Jinja2Templates(directory=Path(__file__).parent / "templates")

Data = dict[str, Any]


class PageRoute(APIRoute):
    """A route whose errors are pages too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler of the route with errors caught."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except (HTTPException, PoolError, RequestValidationError) as error:
                return _failure(request, error)

        return handled


def page(request: Request, template: str, **content: Any) -> Response:
    """Return the template filled with the content."""
    return _templates.TemplateResponse(request, template, _frame(request) | content)


async def view(request: Request, name: str, **arguments: Any) -> Any:
    """Return what a function of ``kg.views`` says of the store, as a worker process computes it."""
    reply = await reply_to(request, {"view": name, "arguments": arguments})
    return json.loads(reply.body)


def is_part(request: Request) -> bool:
    """Tell whether htmx asks, for a part of the page."""
    return "hx-request" in request.headers


def _failure(request: Request, error: HTTPException | PoolError | RequestValidationError) -> Response:
    if isinstance(error, RequestValidationError):
        status, detail = 422, "; ".join(f"{e['loc'][-1]}: {e['msg']}" for e in error.errors())
    elif isinstance(error, PoolError):
        status, detail = error.status, str(error)
    else:
        status, detail = error.status_code, str(error.detail)
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    content: Data = {"status": status, "detail": detail}
    template = "error_part.html" if is_part(request) else "error.html"
    if status == 401 and template == "error.html":
        template, content["next"] = "sign_in.html", _address(request)
    response = _templates.TemplateResponse(request, template, _frame(request) | content, status)
    response.headers.update(headers)
    return response


def _frame(request: Request) -> Data:
    """Return what every page shows: where it is, and who reads it."""
    access = service_of(request).access
    client = client_of(access, request.headers, request.method)
    return {"page": request.url.path, "private": access.anonymous is None, "open": access.writable,
            "signing": bool(access.tokens), "reader": client.name if client and client.name != ANONYMOUS else None,
            "may_write": bool(client and client.may("write"))}


def _address(request: Request) -> str:
    """Return where a reader goes after signing in: to the page that was asked for."""
    if request.method == "POST":
        return request.query_params.get("next", "/")
    return f"{request.url.path}?{request.url.query}".rstrip("?")


def _plural(n: int, word: str) -> str:
    several = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return f"{n:,} {word if n == 1 else several}"


def _words(name: str) -> str:
    """Return ``"NamedEvent"`` as ``"Named event"``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.replace("_", " ")).capitalize()


def _day(date: str | None) -> str:
    """Return an ISO day, or the beginning of one, as people write it."""
    if not date:
        return ""
    try:
        day = dt.date.fromisoformat(date[:10])
    except ValueError:
        return date
    return f"{day.day} {day:%B %Y}"


def _month(month: str) -> str:
    """Return ``"2025-07"`` as ``"Jul 2025"``."""
    return f"{dt.date.fromisoformat(f'{month}-01'):%b %Y}"


def _percent(confidence: float) -> str:
    return f"{round(confidence * 100)} %"


def _path(node: Data) -> str | None:
    """Return the page of a node; ``None`` for one that has none, as a number or a phrase."""
    id = node["id"] or ""
    if id.startswith("article:"):
        return f"/articles/{quote(id.removeprefix('article:'), safe=':')}"
    if node.get("kind") not in ("entity", "event"):
        return None
    return f"/entities/{quote(id.removeprefix('ent:'), safe=':')}"


def _cell(term: Data) -> Data:
    """Return a term of a SPARQL result as its text and the page that it has, if any."""
    if term["type"] != "uri":
        return {"text": term["value"], "href": None}
    id = compact(term["value"])
    kind = "entity" if id.startswith("ent:") else "event" if id.startswith("id:event-") else ""
    text = label(term["value"]) if id.startswith(("news:", "rel:")) else id.partition(":")[2].rpartition("-")[0] or id
    return {"text": text.replace("_", " "), "href": _path({"id": id, "kind": kind})}


def _marked(sentence: str, marks: Iterable[Data]) -> Markup:
    """Return the sentence with its pieces of evidence marked."""
    def parts() -> Iterator[str]:
        at = 0
        for span in marks:
            yield escape(sentence[at:span["start"]])
            yield Markup("<mark>{}</mark>").format(sentence[span["start"]:span["end"]])
            at = span["end"]
        yield escape(sentence[at:])

    return Markup("").join(parts())


_templates.env.filters |= {"plural": _plural, "words": _words, "day": _day, "month": _month, "percent": _percent,
                           "path": _path, "marked": _marked, "cell": _cell}
