"""What stands out in a graph: centrality, communities, bridges, likeness and paths, over the networkx projection.

Every function takes the ``MultiDiGraph`` of ``kg.graph.to_networkx`` (or of ``claim_network`` or
``participation``) and gives the same answer for the same graph, whatever the order in which its nodes
were added. Only entities are ranked and grouped; events carry what flows between them.

The weight of an edge is the number of articles that state it times the confidence of the surest of
them: more sources and surer readings count for more. ``backend`` is the name of a networkx backend, which
networkx's own dispatch then calls. Without one, graphs of more than ``FAST_EDGES`` edges are computed by
rustworkx and networkit where the extra ``[fast]`` is installed, with the same results.
"""

from kg.analysis.centrality import betweenness, core_numbers, degree, pagerank
from kg.analysis.engines import FAST_EDGES
from kg.analysis.figures import Figures, Summary, figures, measures, summarize
from kg.analysis.grouping import Change, Community, changes, communities
from kg.analysis.likeness import Suggestion, similar, suggest_links
from kg.analysis.network import Ranked, undirected
from kg.analysis.paths import Step, find_node, shortest_path
from kg.analysis.projections import participation
from kg.analysis.structure import Bridge, bridges

__all__ = ["FAST_EDGES", "Bridge", "Change", "Community", "Figures", "Ranked", "Step", "Suggestion", "Summary",
           "betweenness", "bridges", "changes", "communities", "core_numbers", "degree", "figures", "find_node",
           "measures", "pagerank", "participation", "shortest_path", "similar", "suggest_links", "summarize",
           "undirected"]
