import gzip
import json
from pathlib import Path

from kg.training.silver import read_silver

TEXT = "Acme Corp. will cut 400 jobs, chief executive Ann Lee said on Monday. The company is based in Boston. " * 7


def test_articles_of_the_right_kind(tmp_path: Path) -> None:
    """Short texts, texts of an evaluation set and texts without an event are left out; the rest is in gold's format."""
    rows = [{"id": "short", "text": "Acme cut jobs.", "overlaps_eval": []},
            {"id": "seen", "text": TEXT, "overlaps_eval": ["meantime"]},
            {"id": "dull", "text": "The sky is blue and the sea is green. " * 16, "overlaps_eval": []},
            {"id": "good", "text": TEXT, "overlaps_eval": []}]
    path = tmp_path / "articles.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    found = read_silver(path, 2, seed=1)
    assert [article["document"]["id"] for article in found] == ["good"]
    assert {event["type"] for event in found[0]["events"]} >= {"Layoff"}
    assert read_silver(path, 0, seed=1) == []
    ids = {article["document"]["id"] for article in found}
    assert not ids & {article["document"]["id"] for article in read_silver(path, 2, seed=1, without=ids)}
