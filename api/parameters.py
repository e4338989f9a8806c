"""How the SPARQL 1.1 Protocol writes parameters, for those who read requests with FastAPI and for those without."""

from __future__ import annotations

from urllib.parse import parse_qs

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"


def read_pairs(data: bytes) -> dict[str, list[str]]:
    """Return the values of each name in a form; ``ValueError`` where it is not UTF-8, or has more than 1,000."""
    return parse_qs(data.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=1000)
