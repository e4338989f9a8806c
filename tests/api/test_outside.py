import pytest

from api.outside import check_loads, check_services
from kg.errors import QueryError

QUERY = "SELECT * {{ SERVICE {} {{ ?s ?p ?o }} }}"


@pytest.mark.parametrize("hosts", [[], ["example.org"]])
@pytest.mark.parametrize("name", [
    "<http://127.0.0.1/>", "<http://localhost/>", "<http://[::1]/>", "<http://169.254.169.254/>", "<file:///etc/passwd>",
    "<http://example.org@127.0.0.1/>", "<//example.org/>", "?g", "ex:g", "SILENT <http://127.0.0.1/>",
    "<http://ex\\u0061mple.org/>",
])
def test_services_that_are_not_listed(name: str, hosts: list[str]) -> None:
    """Whatever is not an address of a listed host is refused."""
    with pytest.raises(QueryError):
        check_services(QUERY.format(name), hosts)


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "169.254.1.1", "[::1]", "[::ffff:127.0.0.1]", "192.168.0.1"])
def test_listed_names_of_private_addresses(host: str) -> None:
    """A host on the list that has a private address is refused, unless its address or network is there too."""
    plain = host.strip("[]")
    name = QUERY.format(f"<http://{host}/sparql>")
    network = {"[::ffff:127.0.0.1]": "127.0.0.0/8"}.get(host, plain)
    check_services(name, [plain, network])
    if plain != network:
        with pytest.raises(QueryError, match="not a public one"):
            check_services(name, [plain])


def test_listed_name_that_resolves_to_this_machine() -> None:
    """localhost on the list is not enough: its address has to be there."""
    query = QUERY.format("<http://localhost:9/>")
    with pytest.raises(QueryError, match="not a public one"):
        check_services(query, ["localhost"])
    check_services(query, ["localhost", "127.0.0.0/8", "::1"])


def test_public_address() -> None:
    """A public address on the list may be called."""
    check_services(QUERY.format("SILENT<http://8.8.8.8/>"), ["8.8.8.8"])


@pytest.mark.parametrize("update", [
    "LOAD <http://127.0.0.1/>", "LOAD <http://example.org/> INTO GRAPH <a:g>", "load<file:///etc/passwd>",
    "INSERT DATA {} ; LOAD <a:x>", "PREFIX ex: <a:> LOAD ex:x",
])
def test_loads(update: str) -> None:
    """LOAD is refused where its host is not listed."""
    with pytest.raises(QueryError):
        check_loads(update, [])


def test_silent_load() -> None:
    """LOAD SILENT that is refused does nothing and counts as done."""
    update = "LOAD SILENT <http://127.0.0.1/> INTO GRAPH <a:g> ; LOAD SILENT <a:x> ; CLEAR ALL"
    assert check_loads(update, []) == "INSERT DATA {} ; INSERT DATA {} ; CLEAR ALL"


def test_words_inside_tokens_are_harmless() -> None:
    """The words may stand in strings, IRIs, comments, variables and local names."""
    text = "INSERT { ?load <a:service> 'LOAD', 'SERVICE' ; a:load 1 } # LOAD\nWHERE { ?service ?p ?o }"
    check_services(text, [])
    assert check_loads(text, []) == text
