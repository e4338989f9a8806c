"""Articles in any of the usual forms in, a stream of ``Document`` out.

Text, Markdown with front matter, HTML, JSONL, JSON, folders of them and standard input
(``-``). An input that cannot be an English article is reported with its place and the
stream goes on.
"""

from kg.corpus.extractions import read_extractions
from kg.corpus.reading import raise_error, read, read_page

__all__ = ["raise_error", "read", "read_extractions", "read_page"]
