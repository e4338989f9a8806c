"""Namespaces and minted IRIs."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import vocab

IRI_MINTERS = (vocab.article_iri, vocab.entity_iri, vocab.rel_iri, lambda text: vocab.node_iri("event", text))


@given(st.text())
def test_any_text_gives_a_valid_iri(text: str) -> None:
    """Whatever an article holds, what is minted from it is an IRI that a store accepts."""
    for mint in IRI_MINTERS:
        assert ox.NamedNode(mint(text)).value == str(mint(text))


@given(st.lists(st.text(), min_size=2, max_size=3))
def test_the_boundaries_of_parts_count(parts: list[str]) -> None:
    """Parts that only agree when joined give different hashes."""
    assert vocab.digest(*parts) != vocab.digest("".join(parts))


@pytest.mark.parametrize(("text", "slug"), [
    ("Andy Jassy", "Andy_Jassy"), ("Nestlé S.A.", "Nestle_S_A"), ("東京", "x"), ("  ", "x"), ("a" * 99, "a" * 60)])
def test_slugs_are_readable_ascii(text: str, slug: str) -> None:
    """The readable part of an IRI keeps letters and digits and drops accents."""
    assert vocab.slug(text) == slug


def test_open_predicates_join_their_words() -> None:
    """A lemma with a particle is one predicate, however its words are joined."""
    assert vocab.rel_iri("cut off") == vocab.rel_iri("cut_off") == vocab.REL["cut_off"]


def test_the_graphs_of_an_article_hang_below_it() -> None:
    """The two graph names are the article's IRI with a suffix."""
    article = vocab.article_iri("a1")
    assert [str(vocab.facts_graph(article)), str(vocab.provenance_graph(article))] == [
        f"{article}/facts", f"{article}/provenance"]


def test_compact_prefers_a_known_prefix() -> None:
    """Known namespaces are abbreviated, others and nested paths stay whole."""
    assert vocab.compact(vocab.NEWS["count"]) == "news:count"
    assert vocab.compact("http://example.org/x") == "http://example.org/x"
    assert vocab.compact(vocab.facts_graph(vocab.article_iri("a"))).startswith("https:")


def test_prefixes_are_distinct_namespaces() -> None:
    """No two prefixes stand for the same namespace."""
    assert len(set(vocab.PREFIXES.values())) == len(vocab.PREFIXES)
