import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import networkx as nx
import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel

from api import schemas
from api.routes.graph import PLACES
from kg import ontology, rdf, views
from kg.model import Claim
from kg.store import open_store
from kg.vocab import ENT, RDFS, article_iri
from tests.api.conftest import LAYOFFS, layoffs
from tests.api.conftest import find as find_span


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
    """An entity comes with statements of all layers, mentions, neighbours and events."""
    page = read(client, f"/v1/entities/{find(client, 'Amazon')}", schemas.EntityPage)
    layers = {statement["layer"] for statement in page["statements"]}
    assert (page["label"], page["type"], layers) == ("Amazon", "Company", {"relations", "events", "facts"})
    assert {"Andy Jassy", "Microsoft"} <= {node["label"] for node in page["neighbours"]}
    assert [(event["type"], event["date"]) for event in page["timeline"]] == [("Layoff", "2025-07-18")]
    assert [mention["article"]["title"] for mention in page["mentions"]] == [
        "Amazon confirms layoffs", "Microsoft in Dublin"]
    assert page["articles"] == 2
    narrow = read(client, f"/v1/entities/{find(client, 'Amazon')}", schemas.EntityPage, limit=1)
    assert (narrow["articles"], {mention["article"]["title"] for mention in narrow["mentions"]}) == (
        2, {"Amazon confirms layoffs"})


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


@pytest.mark.parametrize(("path", "key", "filters"), [
    ("/v1/entities", "entities", {}), ("/v1/entities", "entities", {"q": "a"}),
    ("/v1/entities", "entities", {"type": "Company"}),
    ("/v1/events", "events", {}), ("/v1/claims", "claims", {}), ("/v1/claims", "claims", {"q": "AI"}),
])
def test_pages(client: TestClient, path: str, key: str, filters: dict[str, str]) -> None:
    """Pages of one row give what the list as a whole gives, in its order, and the last has no cursor."""
    whole = client.get(path, params=filters | {"limit": 100}).json()
    rows, cursor = [], None
    while True:
        page = client.get(path, params=filters | {"limit": 1} | ({"cursor": cursor} if cursor else {})).json()
        rows += page[key]
        cursor = page["next"]
        if cursor is None:
            break
    assert rows == whole[key]
    assert (len(rows) > 0, whole["next"]) == (True, None)


def test_cursor_that_has_gone(client: TestClient) -> None:
    """A cursor of no row is refused and does not give an empty page."""
    for path in ("/v1/entities", "/v1/events", "/v1/claims"):
        assert client.get(path, params={"cursor": "ent:nobody"}).status_code == 400, path


def test_facets(client: TestClient) -> None:
    """Types are counted over all matches, also where one type is chosen."""
    found = read(client, "/v1/entities", schemas.EntityList, type="Place", limit=1)
    assert [row["label"] for row in found["entities"]] == ["Dublin"]
    assert found["types"] == [{"type": "Company", "entities": 4}, {"type": "Person", "entities": 1},
                              {"type": "Place", "entities": 1}]


@pytest.mark.parametrize(("filters", "found"), [
    ({"since": "2025-07-18"}, 2), ({"since": "2025-07-19"}, 0), ({"until": "2025-07-18"}, 2),
    ({"until": "2025-07-17"}, 0), ({"least": "300"}, 1), ({"least": "300.5"}, 0),
    ({"least": "1", "currency": "USD"}, 0), ({"least": "1", "type": "Layoff"}, 1),
])
def test_events_by_day_and_amount(client: TestClient, filters: dict[str, str], found: int) -> None:
    """Events can be narrowed to days and to quantities of a size."""
    assert len(client.get("/v1/events", params=filters).json()["events"]) == found


def test_claims_about(client: TestClient) -> None:
    """Claims are about an entity where its name stands in them as a word, and not as a part of one."""
    assert read(client, "/v1/claims", schemas.ClaimList, about=find(client, "Amazon"))["claims"] == []
    claim = Claim("e3", find_span(LAYOFFS, "confirmed"), find_span(LAYOFFS, "layoffs at Amazon Web Services"), False)
    extraction = replace(layoffs(), claims=(claim,))
    with open_store() as store:
        store.add_article(article_iri("layoffs"), rdf.extraction_to_quads(extraction, ontology.load()))
        ids = {row["label"]: row["id"] for row in views.search(store)["entities"]}
        about = {name: len(views.claims(store, about=id)["claims"]) for name, id in ids.items()}
        assert about == {"Amazon": 1, "Amazon Web Services": 1, "Andy Jassy": 0, "Microsoft": 0, "Zeta Labs": 0}


def test_path(client: TestClient) -> None:
    """A path leads over statements from one entity to another, by names and by identifiers."""
    for source, target in (("Andy Jassy", "Dublin"), (find(client, "Andy Jassy"), find(client, "Dublin"))):
        path = read(client, "/v1/path", schemas.Path, source=source, target=target)
        assert [step["object"]["label"] for step in path["steps"]] == ["Amazon", "Microsoft", "Dublin"]
        assert (path["length"], path["steps"][0]["predicate"]["id"]) == (3, "news:ceoOf")
    assert client.get("/v1/path", params={"source": "Andy Jassy", "target": "nobody"}).status_code == 404


def test_subgraph_formats(client: TestClient) -> None:
    """The same nodes and edges come as node-link data, GraphML and GEXF, which networkx reads."""
    center = find(client, "Amazon")

    def get(format: str) -> bytes:
        response = client.get("/v1/subgraph", params={"entity": center, "format": format})
        assert response.status_code == 200, response.text
        return response.content

    graphs = [nx.node_link_graph(json.loads(get("node-link")), edges="links"),
              nx.read_graphml(BytesIO(get("graphml")), force_multigraph=True), nx.read_gexf(BytesIO(get("gexf")))]
    drawn = read(client, "/v1/graph", schemas.Graph, entity=center)
    for graph in graphs:
        assert set(graph) == {node["iri"] for node in drawn["nodes"]}
        assert graph.number_of_edges() == len(drawn["edges"])
    assert graphs[0].nodes[drawn["nodes"][0]["iri"]]["label"] == drawn["nodes"][0]["label"]
    assert client.get("/v1/subgraph", params={"entity": "nobody"}).status_code == 404
    assert client.get("/v1/subgraph", params={"format": "png"}).status_code == 422


@pytest.mark.parametrize(("accept", "format", "media_type"), [
    ("text/turtle", None, "text/turtle"), ("application/ld+json, application/json;q=0.5", None, "application/ld+json"),
    ("text/turtle", "ntriples", "application/n-triples"), ("application/gexf+xml", None, "application/gexf+xml"),
    ("*/*", None, "application/json"), ("application/graphml+xml", "rdfxml", "application/rdf+xml"),
])
def test_subgraph_by_negotiation(client: TestClient, accept: str, format: str | None, media_type: str) -> None:
    """Accept chooses the format, unless the parameter does; triples are those that some article holds for true."""
    center = find(client, "Microsoft")
    response = client.get("/v1/subgraph", params={"entity": center} | ({"format": format} if format else {}),
                          headers={"accept": accept})
    assert response.headers["content-type"].partition(";")[0] == media_type
    if ox.RdfFormat.from_media_type(media_type) in (None, ox.RdfFormat.from_media_type("application/json")):
        return
    triples = {quad.triple for quad in ox.parse(response.content, format=ox.RdfFormat.from_media_type(media_type))}
    drawn = read(client, "/v1/graph", schemas.Graph, entity=center)
    nodes = {node["iri"] for node in drawn["nodes"]}
    edges = {triple for triple in triples if getattr(triple.object, "value", "") in nodes}
    assert len(edges) == sum(edge["asserted"] for edge in drawn["edges"]) == len(drawn["edges"]) - 1
    assert {triple.object.value for triple in triples if triple.predicate.value == str(RDFS["label"])} >= {
        "Microsoft", "Amazon", "Dublin"}


def test_subgraph_not_acceptable(client: TestClient) -> None:
    """A client that takes none of the formats is told so."""
    assert client.get("/v1/subgraph", headers={"accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(("accept", "format"), [
    ("application/ld+json", ox.RdfFormat.JSON_LD),
    ("text/turtle;q=0.9, application/json;q=0.5", ox.RdfFormat.TURTLE)])
def test_entity_as_rdf(client: TestClient, accept: str, format: ox.RdfFormat) -> None:
    """An entity's page is RDF for those who prefer it, with the entity as the subject."""
    id = find(client, "Andy Jassy")
    response = client.get(f"/v1/entities/{id}", headers={"accept": accept})
    triples = {quad.triple for quad in ox.parse(response.content, format=format)}
    iri = ox.NamedNode(ENT[id.removeprefix("ent:")])
    assert {triple.subject for triple in triples} == {iri}
    assert ox.Triple(iri, ox.NamedNode(RDFS["label"]), ox.Literal("Andy Jassy")) in triples
    assert client.get("/v1/entities/ent:nobody", headers={"accept": accept}).status_code == 404


def test_entity_page_stays_json(client: TestClient) -> None:
    """Browsers and clients that take anything get the page as JSON."""
    id = find(client, "Andy Jassy")
    for accept in ("*/*", "text/html, */*;q=0.1", "application/json"):
        media_type = client.get(f"/v1/entities/{id}", headers={"accept": accept}).headers["content-type"]
        assert media_type == "application/json", accept


def test_network_to_draw(client: TestClient, store_path: Path) -> None:
    """The whole network comes in columns with places, which are kept beside the store."""
    answer = client.get("/v1/network")
    assert answer.headers["etag"]
    nodes = answer.json()["nodes"]
    assert "Amazon" in nodes["label"]
    assert len(set(zip(nodes["x"], nodes["y"], strict=True))) == len(nodes["id"])
    assert (store_path / PLACES).is_file()
    assert client.get("/v1/network", params={"limit": 2}).json()["truncated"]


def test_measures_and_likeness(client: TestClient) -> None:
    """A part of the graph is measured, an entity compared with the others; an unknown one is answered 404."""
    found = client.post("/v1/measures", json={}).json()
    assert found["measures"][0]["label"] == "Amazon"
    ids = [row["id"] for row in found["measures"][:2]]
    assert len(client.post("/v1/measures", json={"nodes": ids}).json()["measures"]) == 2
    assert client.post("/v1/measures", json={"nodes": 7}).status_code == 422
    assert "similar" in client.get("/v1/similar", params={"entity": ids[0]}).json()
    assert client.get("/v1/similar", params={"entity": "ent:nobody"}).status_code == 404
