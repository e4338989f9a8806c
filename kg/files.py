"""Files that are kept for the next time, and are worth no failure."""

from __future__ import annotations

import tempfile
from pathlib import Path


def keep_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; where its folder cannot be made or written, nothing is kept."""
    draft: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            draft = Path(file.name)
            file.write(data)
        draft.replace(path)
    except OSError:
        if draft:
            draft.unlink(missing_ok=True)
