"""A served graph and a headless Chromium: what the browser test and the screenshot share."""

import json
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from api.access import Access
from api.app import LOOPBACK, create_app


def missing() -> str | None:
    """Return why no browser can be started here, if so."""
    absent = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    return f"{' and '.join(absent)} not installed" if absent else None


@contextmanager
def served(store_path: Path, access: Access | None = None) -> Iterator[str]:
    """Serve the store on a free loopback port and give the address."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        app = create_app(store_path, allowed_hosts=LOOPBACK, access=access)
        config = uvicorn.Config(app, log_level="warning", lifespan="on")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join()


@contextmanager
def chromium(width: int, height: int) -> Iterator[Any]:
    """Start a headless browser that draws WebGL in software and logs its requests."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--use-angle=swiftshader",
                     "--enable-unsafe-swiftshader", "--hide-scrollbars", f"--window-size={width},{height}"):
        options.add_argument(argument)
    options.binary_location = str(shutil.which("chromium"))
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    service = webdriver.ChromeService(str(shutil.which("chromedriver")))
    browser = webdriver.Chrome(options=options, service=service)
    resize(browser, width, height)
    try:
        yield browser
    finally:
        browser.quit()


def resize(browser: Any, width: int, height: int, *, mobile: bool = False) -> None:
    """Let the browser have a screen of so many points."""
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile})


def wait_for(browser: Any, css: str, text: str = "", do: Callable[[Any], Any] = lambda element: element) -> Any:
    """Return what ``do`` makes of the first element that matches and holds the text, once it is there.

    The page may draw an element anew between finding and using it: then both are done again.
    """
    from selenium.common.exceptions import StaleElementReferenceException
    from selenium.webdriver.support.wait import WebDriverWait

    def found(driver: Any) -> Any:
        elements = driver.find_elements("css selector", css)
        element = next((e for e in elements if text in e.get_attribute("textContent")), None)
        return None if element is None else (do(element),)

    return WebDriverWait(browser, 60, ignored_exceptions=[StaleElementReferenceException]).until(
        found, f"{css} with {text!r}")[0]


def requests(browser: Any) -> list[str]:
    """Return the addresses that the browser has asked for since the last call."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [message["params"]["request"]["url"] for message in messages
            if message["method"] == "Network.requestWillBeSent"]


@contextmanager
def watched(browser: Any, address: str) -> Iterator[Any]:
    """Give the browser, and check afterwards that it asked no other host and met no error."""
    yield browser
    asked = requests(browser)
    assert asked
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    # A request that is answered with 4xx, or left unanswered, is logged too, by htmx as well; what other scripts
    # and the content policy say counts.
    said = [entry for entry in browser.get_log("browser")
            if entry["source"] != "network" and "htmx.min.js" not in entry["message"]]
    assert [entry for entry in said if entry["level"] == "SEVERE"] == []
