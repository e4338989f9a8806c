from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel

from api import schemas


def read(client: TestClient, path: str, schema: type[BaseModel], **parameters: Any) -> Any:
    """Get JSON and check it against the schema that the OpenAPI description names."""
    response = client.get(path, params=parameters)
    assert response.status_code == 200, response.text
    schema.model_validate_json(response.content)
    return response.json()


def find(client: TestClient, name: str) -> str:
    """Return the identifier of an entity."""
    return str(read(client, "/v1/entities", schemas.EntityList, q=name)["entities"][0]["id"])


def test_summary(client: TestClient) -> None:
    """The summary counts every layer."""
    summary = read(client, "/v1/summary", schemas.Summary)
    assert (summary["articles"], summary["entities"], summary["events"], summary["claims"]) == (2, 6, 2, 1)
    assert summary["top"][0]["label"] == "Amazon"


def test_search(client: TestClient) -> None:
    """The beginning of a name finds entities, the exact one first."""
    labels = [row["label"] for row in read(client, "/v1/entities", schemas.EntityList, q="amazon")["entities"]]
    assert labels == ["Amazon", "Amazon Web Services"]


def test_entity_page(client: TestClient) -> None:
    """An entity comes with statements of all layers, mentions and neighbours."""
    page = read(client, f"/v1/entities/{find(client, 'Amazon')}", schemas.EntityPage)
    layers = {statement["layer"] for statement in page["statements"]}
    assert (page["label"], page["type"], layers) == ("Amazon", "Company", {"relations", "events", "facts"})
    assert {"Andy Jassy", "Microsoft"} <= {node["label"] for node in page["neighbours"]}
    assert [mention["article"]["title"] for mention in page["mentions"]] == [
        "Amazon confirms layoffs", "Microsoft in Dublin"]


def test_entity_by_local_name_and_iri(client: TestClient) -> None:
    """The part after ent: and the full IRI mean the same entity."""
    id = find(client, "Amazon")
    pages = [read(client, f"/v1/entities/{name}", schemas.EntityPage)
             for name in (id, id.removeprefix("ent:"), f"https://w3id.org/stringer/entity/{id.removeprefix('ent:')}")]
    assert pages[0] == pages[1] == pages[2]


def test_graph_around_an_entity(client: TestClient) -> None:
    """The drawing holds entities and events around the center, with places and labels."""
    center = find(client, "Amazon")
    graph = read(client, "/v1/graph", schemas.Graph, entity=center)
    assert graph["center"] == center
    kinds = {node["kind"] for node in graph["nodes"]}
    labels = {edge["label"] for edge in graph["edges"]}
    assert kinds == {"entity", "event"}
    assert {"CEO of", "part of", "employer"} <= labels
    assert len({(node["x"], node["y"]) for node in graph["nodes"]}) == len(graph["nodes"])


def test_graph_without_entity(client: TestClient) -> None:
    """Without an entity the most connected part is drawn, and the limit is kept."""
    assert len(read(client, "/v1/graph", schemas.Graph)["nodes"]) > 5
    small = read(client, "/v1/graph", schemas.Graph, limit=3)
    assert (len(small["nodes"]), small["truncated"]) == (3, True)


def test_possible_edges_are_told_apart(client: TestClient) -> None:
    """An edge of an event that is only possible says so."""
    graph = read(client, "/v1/graph", schemas.Graph, entity=find(client, "Zeta Labs"))
    assert [(edge["modality"], edge["asserted"]) for edge in graph["edges"]] == [("Possible", False)]


def test_receipts(client: TestClient) -> None:
    """An edge leads to its sentence, with the evidence marked in code points, and to its article."""
    ends = {"subject": find(client, "Andy Jassy"), "predicate": "news:ceoOf", "object": find(client, "Amazon")}
    [receipt] = read(client, "/v1/statements/receipts", schemas.Receipts, **ends)["receipts"]
    [mark] = receipt["marks"]
    assert receipt["sentence"][mark["start"]:mark["end"]] == "CEO Andy Jassy"
    assert receipt["sentence"].startswith("📉")
    assert receipt["article"] | {"iri": "", "id": ""} == {
        "title": "Amazon confirms layoffs", "date": "2025-07-18", "source": "The Wire", "iri": "", "id": ""}
    assert (receipt["confidence"], receipt["component"], receipt["qualifiers"]) == (0.92, "relations", {"title": "CEO"})


def test_receipts_of_a_literal(client: TestClient) -> None:
    """An open fact whose object is no entity has receipts too."""
    ends = {"subject": find(client, "Amazon"), "predicate": "rel:eliminate", "object": "300 jobs"}
    answer = read(client, "/v1/statements/receipts", schemas.Receipts, **ends)
    assert answer["receipts"][0]["sentence"] == "Amazon eliminated 300 jobs."


def test_unknown_statement(client: TestClient) -> None:
    """A statement that no article makes is 404."""
    ends = {"subject": "Amazon-0000000000", "predicate": "news:ceoOf", "object": "nobody"}
    assert client.get("/v1/statements/receipts", params=ends).status_code == 404


def test_events(client: TestClient) -> None:
    """Events come with roles and values, and can be narrowed by type and participant."""
    events = read(client, "/v1/events", schemas.EventList, type="Layoff", entity=find(client, "Amazon"))["events"]
    assert [event["type"] for event in events] == ["Layoff"]
    arguments = {argument["role"]["label"]: argument["filler"]["label"] for argument in events[0]["arguments"]}
    assert arguments == {"employer": "Amazon", "unit": "Amazon Web Services", "count": "300"}
    assert events[0]["date"] == "2025-07-18"
    assert len(read(client, "/v1/events", schemas.EventList)["events"]) == 2


def test_claims(client: TestClient) -> None:
    """Claims come with speaker and content, and can be narrowed by both."""
    jassy = find(client, "Andy Jassy")
    [claim] = read(client, "/v1/claims", schemas.ClaimList, speaker=jassy, q="ai would")["claims"]
    assert (claim["speaker"]["label"], claim["content"], claim["cue"]) == (
        "Andy Jassy", "AI would change the work", "warned")
    assert read(client, "/v1/claims", schemas.ClaimList, q="nothing of the kind")["claims"] == []


@pytest.mark.parametrize("entity", ["nobody", "https://example.org/nobody"])
def test_unknown_entity(client: TestClient, entity: str) -> None:
    """An entity that the graph does not hold is 404."""
    assert client.get("/v1/graph", params={"entity": entity}).status_code == 404
