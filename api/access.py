"""Who may do what: tokens with scopes, kept as hashes, and what a client without one may do.

A token is ``secrets.token_urlsafe(32)``: 256 random bits, so one round of SHA-256 keeps it secret.
``python -m api.access NAME SCOPE`` makes one and prints the line for the file.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kg.errors import InputError

SCOPES = ("read", "write", "admin")
"""Each scope includes those before it."""

ENVIRONMENT = "STRINGER_TOKENS"
"""The variable that holds lines as the token file does."""

ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its holder's name, its scope, and the SHA-256 of its text in hexadecimal."""

    name: str
    scope: str
    digest: str


@dataclass(frozen=True, slots=True)
class Client:
    """Who sent a request, and the scope that this gives; ``None`` gives nothing."""

    name: str
    scope: str | None

    def may(self, scope: str) -> bool:
        """Tell whether the client may do what needs this scope."""
        return self.scope is not None and SCOPES.index(self.scope) >= SCOPES.index(scope)


@dataclass(frozen=True, slots=True)
class Access:
    """The tokens of a service and the scope of clients without one."""

    tokens: tuple[Token, ...] = ()
    anonymous: str | None = "read"

    @property
    def writable(self) -> bool:
        """Tell whether anybody may write."""
        return any(Client(token.name, token.scope).may("write") for token in self.tokens) or (
            Client(ANONYMOUS, self.anonymous).may("write"))

    def client(self, authorization: str | None) -> Client | None:
        """Return who sends this ``Authorization`` header, or ``None`` where its token is unknown."""
        if authorization is None:
            return Client(ANONYMOUS, self.anonymous)
        scheme, _, text = authorization.partition(" ")
        found = None
        for token in self.tokens:  # all of them, so that the time tells nothing
            if hmac.compare_digest(digest(text.strip()), token.digest):
                found = Client(token.name, token.scope)
        return found if scheme.lower() == "bearer" else None


def digest(token: str) -> str:
    """Return the form in which a token is kept."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def read_tokens(path: Path) -> tuple[Token, ...]:
    """Return the tokens of a file; ``InputError`` for one that cannot be read."""
    try:
        return parse_tokens(path.read_text("utf-8").splitlines(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"token file {path} could not be read: {error}") from error


def parse_tokens(lines: Iterable[str], place: str) -> tuple[Token, ...]:
    """Return the tokens of lines ``name scope sha256-in-hexadecimal``; blank lines and ``#`` comments are skipped.

    Raises ``InputError`` for any other line.
    """
    rows = [(i, line.split()) for i, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    return tuple(_token(row, f"{place}, line {i}") for i, row in rows)


def _token(row: list[str], place: str) -> Token:
    if len(row) != 3 or row[1] not in SCOPES or len(row[2]) != 64 or set(row[2]) - set("0123456789abcdef"):
        # The line is not shown: it may hold a token in clear.
        raise InputError(f"{place}: expected a name, one of {', '.join(SCOPES)}, and 64 hexadecimal digits")
    return Token(*row)


def main() -> None:
    """Make a token, print it once, and print the line that the token file keeps."""
    parser = argparse.ArgumentParser(prog="python -m api.access", description=main.__doc__)
    parser.add_argument("name", help="who will hold it, without spaces; the audit log shows this")
    parser.add_argument("scope", choices=SCOPES)
    options = parser.parse_args()
    token = secrets.token_urlsafe(32)
    print(f"token, shown only now: {token}\nline for the file:     {options.name} {options.scope} {digest(token)}")


if __name__ == "__main__":
    main()
