"""Take the pictures of the docs: ``python -m tests.api.screenshot STORE docs NAME``.

NAME is the entity whose page and surroundings are shown. The graph is shown with the receipts of the first edge whose
relation is a job title, so that its picture, which the README has too, holds a marked sentence.
"""

import sys
import time
from pathlib import Path
from typing import Any

from tests.api.browser import chromium, served, wait_for

_EDGE = """
const rows = [...document.querySelectorAll("#panel .row")];
(rows.find((row) => row.dataset.predicate === "news:ceoOf") ?? rows[0]).click();
"""
_LINK = "return document.querySelector(arguments[0]).href"


def main(store: Path, folder: Path, name: str) -> None:
    """Save the pictures of the pages, 1280 by 800 points."""
    with served(store) as address, chromium(1280, 800) as browser:
        browser.get(address)
        wait_for(browser, "#overview a[href^='/articles/']")
        article = browser.execute_script(_LINK, "#overview a[href^='/articles/']")
        save(browser, folder / "explorer-home.png")
        browser.get(article)
        wait_for(browser, ".statements .item")
        save(browser, folder / "explorer-article.png")
        browser.get(f"{address}/?q={name}")
        browser.get(browser.execute_script(_LINK, ".entity-list a"))
        wait_for(browser, "#h-figures")
        wait_for(browser, ".small-graph")
        save(browser, folder / "explorer-entity.png")
        browser.get(f"{address}/events")
        wait_for(browser, "#timeline")
        save(browser, folder / "explorer-events.png")
        browser.get(f"{address}/query?example=events-by-month")
        wait_for(browser, "#results td")
        save(browser, folder / "explorer-query.png")
        graph(browser, address, name)
        save(browser, folder / "screenshot.png")


def graph(browser: Any, address: str, name: str) -> None:
    """Show what is around an entity, and the receipts of one of its edges."""
    browser.get(f"{address}/graph")
    wait_for(browser, "#status", "nodes")
    browser.find_element("id", "search").send_keys(name)
    wait_for(browser, "#suggestions [role=option]", name)
    browser.find_element("id", "search").send_keys("\ue007")
    wait_for(browser, "#status", "Around")
    wait_for(browser, "#panel .row .pred")
    browser.execute_script(_EDGE)
    wait_for(browser, "#panel mark")


def save(browser: Any, picture: Path) -> None:
    """Save a picture once what glides is in its place."""
    time.sleep(3)
    browser.save_screenshot(str(picture))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
