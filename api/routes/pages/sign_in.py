"""``/sign-in`` and ``/sign-out``: a token for the pages, given in a form."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from starlette.responses import RedirectResponse

from api import sessions
from api.html import PageRoute, is_part, page
from api.protocol import Parameters, only, sent_parameters
from api.service import service_of

router = APIRouter(route_class=PageRoute)


@router.get("/sign-in")
async def sign_in_page(request: Request, next: Annotated[str, Query(max_length=20_000)] = "/") -> Response:
    """Show the form for a token; it leads on to ``next``, a path of this service."""
    return page(request, "sign_in.html", next=next)


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Keep the form's token in a cookie and lead on; a part of a page gets 204. 401 for a token that is not known."""
    form = await _own_form(request)
    token = only(form, "token").strip()
    if service_of(request).access.client(f"Bearer {token}") is None:
        raise HTTPException(401, "The token is not known.", {"WWW-Authenticate": "Bearer"})
    response = Response(status_code=204) if is_part(request) else RedirectResponse(_path(form), 303)
    sessions.sign_in(response, token, secure=request.url.scheme == "https")
    return response


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """Forget the token."""
    await _own_form(request)
    response = RedirectResponse("/", 303)
    sessions.sign_out(response)
    return response


async def _own_form(request: Request) -> Parameters:
    """Return the fields of a form that a page of this service sends; another site could else sign its reader in."""
    if not sessions.is_own(request.headers):
        raise HTTPException(403, "This form is for the pages of this service.")
    return await sent_parameters(request)


def _path(form: Parameters) -> str:
    path = only(form, "next") if "next" in form else "/"
    # "//host" and "/\\host" lead elsewhere.
    return path if path.startswith("/") and path[1:2] not in ("/", "\\") else "/"
