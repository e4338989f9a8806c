"""Files that are kept for the next time, and are worth no failure."""

from __future__ import annotations

import tempfile
from pathlib import Path


def keep_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; where the folder cannot be written, nothing is kept."""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as draft:
            draft.write(data)
        Path(draft.name).replace(path)
    except OSError:
        return
