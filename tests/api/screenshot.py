"""Take the picture of the README: ``python -m tests.api.screenshot STORE docs/screenshot.png [SEARCH]``.

Searches, and opens the receipts of the first edge whose relation is a job title, so that the
picture shows the graph and a marked sentence.
"""

import sys
import time
from pathlib import Path

from tests.api.browser import chromium, served, wait_for

_EDGE = """
const rows = [...document.querySelectorAll("#panel .row")];
(rows.find((row) => row.dataset.predicate === "news:ceoOf") ?? rows[0]).click();
"""


def main(store: Path, picture: Path, search: str = "") -> None:
    """Save a picture of the page, 1280 by 800 points."""
    with served(store) as address, chromium(1280, 800) as browser:
        browser.get(f"{address}/graph")
        wait_for(browser, "#status", "nodes")
        if search:
            browser.find_element("id", "search").send_keys(search)
            wait_for(browser, "#suggestions [role=option]", search)
            browser.find_element("id", "search").send_keys("\ue007")
            wait_for(browser, "#status", "Around")
            wait_for(browser, "#panel .row .pred")
            browser.execute_script(_EDGE)
            wait_for(browser, "#panel mark")
        # The drawing glides to its places; a picture can wait for that.
        time.sleep(3)
        browser.save_screenshot(str(picture))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:4])
