"""Imported by a process that others are forked from: the language model stands in its memory once for all of them.

Nothing has run in it then, so it has no threads, which would not come along.
"""

import gc

from kg import nlp, ontology
from kg.linking import gazetteers

nlp.load()
gazetteers.load()
ontology.load()
gc.collect()
gc.freeze()  # else the collector of each worker would write to the pages of these objects, which then are its own
