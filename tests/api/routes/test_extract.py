import pytest
from fastapi.testclient import TestClient

from kg.model import Extraction


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "x" * 200_001}, {"text": "x", "date": "yesterday"}])
def test_bad_articles(client: TestClient, body: dict[str, str]) -> None:
    """An article needs a text, not too long, and a date that is one."""
    assert client.post("/v1/extract", json=body).status_code == 422


@pytest.mark.slow
def test_extraction(client: TestClient) -> None:
    """An article comes back as the extraction JSON, with the spans of its text."""
    text = "Amazon cut 300 jobs on Thursday. Andy Jassy is the CEO of Amazon."
    response = client.post("/v1/extract", json={"text": text, "date": "2025-07-18"})
    extraction = Extraction.from_dict(response.json())
    assert response.status_code == 200
    assert {"Amazon", "Andy Jassy"} <= {entity.name for entity in extraction.entities}
    assert extraction.document.text == text
