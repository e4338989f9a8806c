"""Results as pandas tables; needs the extra ``[pandas]``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kg.client.calls import Table

if TYPE_CHECKING:
    import pandas as pd


def table_to_frame(table: Table) -> pd.DataFrame:
    """Return the rows of a query, one column for each variable, also where there are no rows."""
    import pandas as pd

    return pd.DataFrame(table.rows, columns=table.columns)


def to_frame(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return rows of a list as a table; fields of inner objects become columns such as ``speaker.label``."""
    import pandas as pd

    return pd.json_normalize([dict(row) for row in rows])
