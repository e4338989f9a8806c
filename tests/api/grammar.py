"""Makes SPARQL 1.1 queries and updates of every kind from a grammar, and damages requests: what fuzzers send."""

from __future__ import annotations

import random
import re

GRAMMAR = {
    "query": ["SELECT $chosen $from $where $tail", "ASK $from $where", "CONSTRUCT { $triples } $where $tail",
              "DESCRIBE $term $from", "DESCRIBE ?a $where"],
    "chosen": ["*", "DISTINCT ?a ?b", "?a ($value AS ?n)", "REDUCED ?a", "?a (COUNT(DISTINCT ?b) AS ?n)",
               "(GROUP_CONCAT(?c; SEPARATOR=$text) AS ?n)", "(SUM($value) AS ?n) (SAMPLE(?a) AS ?m)"],
    "from": ["", "", "", "FROM $iri", "FROM NAMED $iri"],
    "where": ["WHERE { $group }"],
    "group": ["$triples", "$triples . $triples", "$triples FILTER($value)", "{ $group } UNION { $group }",
              "$triples OPTIONAL { $group }", "$triples MINUS { $group }", "GRAPH $term { $group }",
              "$triples BIND($value AS ?d)", "VALUES (?a ?b) { (UNDEF $literal) ($iri $literal) }",
              "{ SELECT $chosen $where $tail }", "$triples FILTER NOT EXISTS { $group }",
              "SERVICE SILENT $iri { $group }"],
    "triples": ["$term $path $term", "$term $path $term , $literal ; $path $term",
                "[ $path $term ] $path ( $term $term )"],
    "term": ["?a", "?b", "?c", "_:b", "$iri", "$literal"],
    "path": ["?p", "a", "$iri", "$iri", "$iri / $path", "( $iri | ^ $iri ) *", "$iri ?", "( $path ) +",
             "! ( a | ^ $iri )"],
    "iri": ["news:label", "news:Company", "rdfs:label", "<a:s>", "<a:g>", "<relative>", "<file:///etc/passwd>",
            "<http://127.0.0.1:9/x>", "<urn:x:\\u00e9>"],
    "literal": ["$text", "$text@en-GB", "$text^^xsd:date", "1", "-1.5e308", "true", "'9'^^xsd:integer",
                "'2025-13-40T25:61:61Z'^^xsd:dateTime", "99999999999999999999999999"],
    "text": ["'a'", "\"\"", "'''a'b\n'''", "'\\u0041\\U0001F600'", "'(a+)+$'", "'\U0001F4C9'"],
    "value": ["?a", "?b", "$literal", "$value = $value", "( $value < $value )", "$value + $value", "$value / 0",
              "! $value",
              "REGEX(STR($value), $text, 'i')", "REPLACE(STR($value), $text, '$9')", "SUBSTR($text, $value, $value)",
              "IF($value, $value, $value)", "COALESCE($value, $value)", "STRDT($text, $iri)", "STRLANG($text, $text)",
              "IRI($value)", "xsd:decimal($value)", "xsd:dateTime($text)", "YEAR($value)", "SHA512($text)",
              "BNODE($text)",
              "ENCODE_FOR_URI($text)", "ROUND($value)", "$value IN ($value, $value)",
              "EXISTS { $group }", "<a:f>($value)"],
    "tail": ["", "", "LIMIT 5", "ORDER BY DESC($value) OFFSET 1", "GROUP BY ?a", "GROUP BY ?a HAVING (COUNT(*) > 1)",
             "LIMIT 0", "LIMIT 99999999999999999999"],
    "update": ["INSERT DATA { $ground }", "INSERT DATA { GRAPH $iri { $ground } }", "DELETE DATA { $ground }",
               "DELETE WHERE { $triples }", "DELETE { $triples } INSERT { $ground } WHERE { $group }",
               "WITH $iri INSERT { $ground } USING $iri WHERE { $group }", "CLEAR GRAPH $iri",
               "DROP SILENT GRAPH $iri",
               "CREATE GRAPH $iri", "COPY $iri TO $iri", "MOVE SILENT DEFAULT TO $iri", "ADD $iri TO DEFAULT",
               "LOAD $iri", "LOAD SILENT $iri INTO GRAPH $iri"],
    "ground": ["$iri $iri $literal", "$iri $iri $iri . $iri a $iri"],
}
"""The alternatives of each symbol, written $symbol in them; the first of them ends soonest."""

SPLINTERS = [b"{", b"}", b"<", b"\\u", b"'", b"\x00", b"\xff", b"%", b";", b":", b"SELECT"]

_SYMBOL = re.compile(r"\$([a-z]+)")
_DEEPEST = 8


def sentence(symbol: str, chance: random.Random, depth: int = 0) -> str:
    """Return one text that the grammar makes of the symbol; beyond a depth its first alternative is taken."""
    alternatives = GRAMMAR[symbol]
    chosen = alternatives[0] if depth > _DEEPEST else chance.choice(alternatives)
    return _SYMBOL.sub(lambda found: sentence(found[1], chance, depth + 1), chosen)


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Return the data with a few bytes removed, doubled, swapped or replaced."""
    for _ in range(chance.randint(1, 4)):
        at, other = chance.randrange(len(data) + 1), chance.randrange(len(data) + 1)
        piece = data[min(at, other):max(at, other)][:12]
        data = chance.choice([
            data[:at] + data[at + len(piece):], data[:at] + piece + data[at:],
            data[:at] + chance.choice(SPLINTERS) + data[at:]])
    return data
