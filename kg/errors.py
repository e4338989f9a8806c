"""Errors that the library raises, named by their cause."""


class KGError(Exception):
    """Base of every error that a caller is expected to handle."""


class InputError(KGError):
    """An article could not be read; the message names the file, the place and the value."""


class OntologyError(KGError):
    """An ontology lacks or contradicts what the extractor needs."""


class QueryError(KGError):
    """A SPARQL query was malformed or asked for something that is refused."""


class StoreError(KGError):
    """A store could not be opened, read or written."""


class EndpointError(StoreError):
    """An endpoint that keeps a graph gave no good answer."""


class UnavailableError(EndpointError):
    """An endpoint gave no answer for now: it was not reached, took too long or had too much to do."""


class CutShortError(EndpointError):
    """An answer was cut short by a limit of the endpoint's own."""


class ModelError(KGError):
    """The weights of the language model are missing or do not fit the code."""


class ServiceError(KGError):
    """A service refused or failed a request; ``status`` is ``None`` where it could not be reached."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status
