"""The events of an article as reports, by which events of different articles are held for one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from kg.linking.happenings import LONGEST, Report
from kg.linking.names import key_of
from kg.model import Event, Extraction, Value
from kg.ontology import Ontology
from kg.rdf.statements import Reading
from kg.values import resolve_time


def read_reports(extraction: Extraction, ontology: Ontology) -> Iterator[Report]:
    """Yield the events of an article, sorted by IRI; they do not depend on ids or the order of events."""
    reading = Reading(extraction, ontology)
    published = extraction.document.date
    key = key_of(extraction, ontology)
    shared = {entity.id: str(reading.iris[entity.id]) for entity in extraction.entities
              if len(key(entity)) == 2}
    found = {str(reading.event_iri(event)): event for event in extraction.events}
    for iri, event in sorted(found.items()):
        named = ((argument.role, argument.filler) for argument in event.arguments)
        fillers = {(role, shared[who]) for role, who in named if isinstance(who, str) and who in shared}
        days = _days(event, published)
        begins, ends = days or (published, published)
        yield Report(iri, event.type, tuple(sorted(fillers)), begins, ends, days is not None)


def _days(event: Event, published: dt.date | None) -> tuple[dt.date, dt.date] | None:
    """Return the first and the last day of an event, where its dates tell them closely enough."""
    for argument in sorted(event.arguments, key=lambda argument: argument.role):
        if argument.role == "date" and isinstance(argument.filler, Value):
            time = resolve_time(argument.filler.text, published)
            if time and time.begins and time.ends and (time.ends - time.begins).days <= LONGEST:
                return time.begins, time.ends
    return None
