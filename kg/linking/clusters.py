"""Links to clusters, so that what must stay apart stays apart; the order of the links does not matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kg.linking.comparison import Link


def cluster(nodes: Iterable[str], links: Iterable[Link], apart: Mapping[str, frozenset[str]]) -> tuple[
        list[frozenset[str]], list[Link]]:
    """Return the clusters and the links that made them: the best links first, none against ``apart``.

    This is Kruskal's (1956) spanning forest with forbidden pairs. Links are sorted, so equal sets of
    links give equal clusters.
    """
    member_of = {node: frozenset([node]) for node in sorted(nodes)}
    used = []
    for link in sorted(links, key=lambda link: (-link.score, link.left, link.right, link.feature)):
        left, right = member_of.get(link.left), member_of.get(link.right)
        if left is None or right is None or left is right or _forbidden(left, right, apart):
            continue
        used.append(link)
        joined = left | right
        member_of.update(dict.fromkeys(joined, joined))
    return sorted(set(member_of.values()), key=min), used


def _forbidden(left: frozenset[str], right: frozenset[str], apart: Mapping[str, frozenset[str]]) -> bool:
    return any(apart.get(node, frozenset()) & right for node in left)
