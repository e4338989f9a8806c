"""How many solutions a serialised result holds, counted without parsing it.

The serialiser is Rust and writes whole buffers, so rows are counted in what it wrote. XML escapes
``<`` and TSV the line end inside values; in JSON and CSV what stands in quotation marks is left out.
"""

from __future__ import annotations

import re

_JSON_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
_CSV_QUOTED = re.compile(rb'"[^"]*"')


def exceeds(body: bytes, format: str, rows: int) -> bool:
    """Tell whether a result in one of ``kg.export.RESULT_FORMATS`` has more than ``rows`` solutions."""
    return len(body) > rows and count_rows(body, format) > rows  # a row takes at least a byte


def count_rows(body: bytes, format: str) -> int:
    """Return the number of solutions in a result in one of ``kg.export.RESULT_FORMATS``."""
    if format == "xml":
        return body.count(b"<result>")
    if format == "tsv":
        return body.count(b"\n") - 1
    if format == "csv":
        return _CSV_QUOTED.sub(b"", body).count(b"\n") - 1
    rows = _JSON_STRING.sub(b"", body).rpartition(b":[")[2]
    return rows.count(b",{") + rows.startswith(b"{")
