"""Command that shows what was weighed: explain."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from kg import corpus
from kg.cli.options import Date
from kg.cli.terminal import Failures, heading, out, table, write
from kg.errors import KGError

if TYPE_CHECKING:
    from kg.explain import Coverage, Explanation, Noticed


def explain(
    article: Annotated[str, typer.Argument(
        help="File of one article or of several, a folder, or - for standard input.", show_default=False)],
    sentence: Annotated[int | None, typer.Option(
        "--sentence", min=1, help="Explain the sentence of this number; without it, report what was covered.")] = None,
    least: Annotated[float, typer.Option(
        "--least", min=0, max=1, help="Leave out candidates that score less.")] = 0.05,
    date: Date = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, a line for each article.")] = False,
) -> None:
    """Show what was weighed in a sentence and why it was kept or left, or how much of an article was covered."""
    # spaCy and the model's runtime take a second to import, which no other command has to wait for.
    from kg.explain import Account

    failures = Failures()
    documents = list(corpus.read([article], date=date, on_error=failures))
    if sentence is not None and len(documents) != 1:
        raise KGError(f"{article}: {len(documents)} articles; --sentence needs one")
    for document in documents:
        read = Account(document, least=least)
        if as_json:
            shown = read.coverage() if sentence is None else read.sentence(sentence)
            write((json.dumps(shown.to_dict(), ensure_ascii=False) + "\n").encode())
        elif sentence is None:
            _print_coverage(read.coverage())
        else:
            _print_explanation(read.sentence(sentence))
    failures.exit()


def _print_explanation(shown: Explanation) -> None:
    out().print(f"{shown.number}: {' '.join(shown.text.split())}", markup=False)
    heading("Mentions")
    out().print(table(("words", "type", "score", "entity"),
                      [(m.text, m.label, "" if m.score is None else m.score, m.entity or "") for m in shown.mentions]))
    heading("Values")
    out().print(table(("words", "kind"), [(v.text, v.label) for v in shown.values]))
    for title, accepted in (("Accepted", True), ("Rejected", False)):
        heading(title)
        out().print(table(("layer", "what", "words", "score", "by" if accepted else "because"),
                          [(d.layer, d.label, " | ".join(d.parts), d.score, d.reason) for d in shown.decisions
                           if d.accepted == accepted]))


def _print_coverage(shown: Coverage) -> None:
    out().print(f"{shown.article}: {shown.covered} of {shown.sentences} sentences gave a statement "
                f"({shown.share:.0%}), {len(shown.unattributed)} of {shown.quotations} quotations have no speaker, "
                f"{len(shown.unattached)} of {shown.numbers} numbers are in no statement", markup=False)
    silent = [number for number, count in enumerate(shown.statements, 1) if not count]
    if silent:
        out().print(f"Sentences without a statement: {', '.join(map(str, silent))}")
    for title, noticed in (("Quotations without a speaker", shown.unattributed),
                           ("Numbers in no statement", shown.unattached)):
        if noticed:
            _print_noticed(title, noticed)


def _print_noticed(title: str, noticed: tuple[Noticed, ...]) -> None:
    heading(title)
    out().print(table(("words", "kind", "at"), [(n.text, n.label, n.span.start) for n in noticed]))
