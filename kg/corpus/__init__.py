"""Articles in any of the usual forms in, a stream of ``Document`` out.

Text, Markdown with front matter, HTML, JSONL, JSON, folders of them and standard input
(``-``). An input that cannot be an English article is reported with its place and the
stream goes on.
"""

from kg.corpus.extractions import parse_extractions, read_extractions
from kg.corpus.reading import count, raise_error, read, read_bytes, read_page

__all__ = ["count", "parse_extractions", "raise_error", "read", "read_bytes", "read_extractions", "read_page"]
