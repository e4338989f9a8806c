"""Take the picture of the README: ``python -m tests.api.screenshot STORE docs/screenshot.png [SEARCH]``.

Searches, and opens the receipts of the first edge whose relation is a job title, so that the
picture shows the graph and a marked sentence.
"""

import sys
import time
from pathlib import Path

from tests.api.browser import chromium, served

_EDGE = """
const rows = [...document.querySelectorAll("#panel .row")];
(rows.find((row) => row.dataset.predicate === "news:ceoOf") ?? rows[0])?.click();
"""


def main(store: Path, picture: Path, search: str = "") -> None:
    """Save a picture of the page, 1280 by 800 points."""
    with served(store) as address, chromium(1280, 800) as browser:
        browser.get(address)
        _settle(browser)
        if search:
            box = browser.find_element("id", "search")
            box.send_keys(search)
            time.sleep(1)
            box.send_keys("\ue007")
            _settle(browser)
            browser.execute_script(_EDGE)
            time.sleep(1)
        browser.save_screenshot(str(picture))


def _settle(browser: object) -> None:
    # The drawing glides to its places and fetches what it shows; a picture can wait for that.
    time.sleep(4)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:4])
