"""What several test files share: where the articles are, and how hypothesis runs."""

from pathlib import Path

import pytest
from hypothesis import settings

# The same examples on every run; no deadline, because the machines of CI are slow and shared.
settings.register_profile("stringer", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("stringer")

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the top folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def examples(root: Path) -> Path:
    """Return the folder of the example articles that the package carries."""
    return root / "kg" / "examples"


@pytest.fixture(scope="session")
def gold_dev(root: Path) -> Path:
    """Return the folder of the gold articles for development, or skip where this machine has none."""
    folder = root.parent / "shared" / "gold" / "dev"
    if not folder.is_dir():
        pytest.skip("the gold articles are not on this machine: ../shared/gold/dev is missing")
    return folder
