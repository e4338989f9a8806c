"""Signing in from a page: the token stays in a cookie that no script reads and no page of another origin can use."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Response
from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from api.access import Access, Client

COOKIE = "stringer"
_SAFE = ("GET", "HEAD", "OPTIONS")


def client_of(access: Access, headers: Headers, method: str) -> Client | None:
    """Return who sends a request: by its ``Authorization``, else by its cookie; ``None`` where that token is unknown.

    A cookie of another service on this host, or one that a page of another origin makes a browser send with a
    writing method, counts for nothing.
    """
    sent = headers.get("authorization")
    kept = cookie_parser(headers.get("cookie", "")).get(COOKIE)
    if sent is None and kept and (method in _SAFE or is_own(headers)):
        return access.client(f"Bearer {kept}") or access.client(None)
    return access.client(sent)


def is_own(headers: Headers) -> bool:
    """Tell whether a page of this very origin sends the request.

    ``SameSite`` is not enough: the ports of a host are one site.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = urlsplit(headers.get("origin", ""))
    return bool(origin.netloc) and origin.netloc == headers.get("host")


def sign_in(response: Response, token: str, *, secure: bool) -> None:
    """Have the browser keep the token until it is closed; over TLS only where the request came so."""
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure)


def sign_out(response: Response) -> None:
    """Have the browser forget the token."""
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
