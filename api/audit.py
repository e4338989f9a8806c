"""The audit log: one JSON line for each attempt to write, whether it succeeded or not."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

_SHOWN = 500


class AuditLog:
    """Appends to a file; without one it keeps nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def write(self, *, client: str, address: str, operation: str, target: str, status: int, body: bytes) -> None:
        """Append who did what to which graph with which result; of the body its hash and its first characters."""
        if self._path is None:
            return
        row: dict[str, Any] = {
            "time": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"), "client": client, "address": address,
            "operation": operation, "target": target, "status": status, "bytes": len(body),
            "sha256": hashlib.sha256(body).hexdigest(), "body": body[:_SHOWN].decode("utf-8", "replace"),
        }
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
