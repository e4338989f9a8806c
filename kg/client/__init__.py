"""Clients of a running service: ``Client`` waits for each answer, ``AsyncClient`` is awaited.

    >>> with Client("http://127.0.0.1:8000") as client:
    ...     client.select("SELECT ?name WHERE { ?who news:ceoOf ?firm ; rdfs:label ?name }")
    ...     client.frame("SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT 10")  # with the extra [pandas]
    ...     list(client.events(type="Layoff"))
"""

from kg.client.asynchronous import AsyncClient
from kg.client.blocking import Client
from kg.client.frames import to_frame
from kg.errors import ServiceError

__all__ = ["AsyncClient", "Client", "ServiceError", "to_frame"]
