from hypothesis import given
from hypothesis import strategies as st

from api import charts

MONTHS = st.integers(0, 400).map(lambda n: f"{1990 + n // 12:04}-{n % 12 + 1:02}")
ROWS = st.lists(st.fixed_dictionaries({"month": MONTHS, "type": st.sampled_from("abc"), "n": st.integers(1, 50)}),
                min_size=1, unique_by=lambda row: (row["month"], row["type"]))


@given(ROWS, MONTHS, MONTHS)
def test_columns_hold_every_event(rows: list[dict[str, object]], one: str, other: str) -> None:
    """Each event is in the column of its month, before the columns or after them, and no month is left out."""
    first, last = sorted((one, other))
    drawn = charts.stacked(rows, "abc", first, last)
    columns = [column["month"] for column in drawn["months"]]
    assert columns == sorted(set(columns))
    assert (columns[0], columns[-1]) == (first, last)
    inside = sum(column["n"] for column in drawn["months"])
    assert inside + drawn["before"] + drawn["after"] == sum(int(str(row["n"])) for row in rows)
    for column in drawn["months"]:
        assert column["since"][:7] == column["until"][:7] == column["month"]
        assert all(0 <= part["y"] <= 100 for part in column["parts"])


@given(st.lists(st.fixed_dictionaries({"date": st.none() | st.dates().map(str), "type": st.sampled_from("abc")})))
def test_small_timeline(events: list[dict[str, str | None]]) -> None:
    """The last months are drawn, all of an event's days counted, the commonest type first; one month gives no chart."""
    drawn = charts.timeline(events)
    dated = [event for event in events if event["date"]]
    if len({str(event["date"])[:7] for event in dated}) < 2:
        assert drawn is None
        return
    assert drawn is not None
    assert len(drawn["months"]) <= charts.MONTHS
    assert drawn["months"][-1]["month"] == max(str(event["date"])[:7] for event in dated)
    assert drawn["before"] + sum(column["n"] for column in drawn["months"]) == len(dated)
    assert [sum(event["type"] == type for event in dated) for type in drawn["types"]] == sorted(
        (sum(event["type"] == type for event in dated) for type in {event["type"] for event in dated}), reverse=True)


@given(st.lists(st.tuples(st.dates().map(str), st.floats(-1e9, 1e9)), max_size=20))
def test_line_stays_in_its_box(values: list[tuple[str, float]]) -> None:
    """Points are drawn within the chart, the later to the right and the greater higher; one day gives no chart."""
    drawn = charts.line([{"date": date, "value": value} for date, value in values])
    if len({date for date, _ in values}) < 2:
        assert drawn is None
        return
    assert drawn is not None
    for point in drawn["points"]:
        assert 0 <= point["x"] <= charts.WIDTH
        assert 0 <= point["y"] <= charts.HEIGHT
    pairs = [(a, b) for a in drawn["points"] for b in drawn["points"]]
    assert all(a["x"] <= b["x"] for a, b in pairs if a["date"] <= b["date"])
    assert all(a["y"] >= b["y"] for a, b in pairs if a["value"] <= b["value"])
