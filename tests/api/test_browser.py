import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pytest

from tests.api.browser import missing, served, wait_for

pytest.importorskip("selenium", reason="selenium is not installed")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(missing() is not None, reason=f"no browser: {missing()}")]


@pytest.fixture(scope="module")
def address(store_path: Path) -> Iterator[str]:
    """Return where the service runs."""
    with served(store_path) as address:
        yield address


def test_search_graph_edge_sentence(browser: Any, address: str) -> None:
    """Searching with the keyboard draws the graph; an edge shows its sentence with the evidence marked."""
    browser.get(f"{address}/graph")
    wait_for(browser, "#status", "Whole graph")
    wait_for(browser, "#panel .figures", "Articles")
    browser.find_element("id", "search").send_keys("amazon web")
    wait_for(browser, "#suggestions [role=option]", "Amazon Web Services")
    browser.find_element("id", "search").send_keys("\ue015\ue007")
    wait_for(browser, "#status", "Around Amazon Web Services")
    assert browser.find_elements("css selector", "#graph canvas")
    browser.find_element("css selector", "#edges-box summary").click()
    wait_for(browser, "#edges [data-edge]", "part of", lambda edge: edge.click())
    assert wait_for(browser, "#panel mark", do=lambda mark: mark.text) == "Amazon Web Services"
    receipt = wait_for(browser, "#panel .receipt", "80 %", do=lambda receipt: receipt.text)
    for part in ("Amazon confirms layoffs", "The Wire", "July 18, 2025", "Asserted", "80 %", "relations"):
        assert part in receipt


def test_canvas_clicks(browser: Any, address: str) -> None:
    """A click on a drawn node tells of it in its place, and undo returns."""
    browser.get(f"{address}/graph")
    wait_for(browser, "#status", "Whole graph")
    wait_for(browser, "#graph canvas")
    x, y = browser.execute_async_script(
        "const done = arguments[0]; setTimeout(() => done(window.stringer.placeOf('Microsoft')), 800)")
    for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
        browser.execute_cdp_cmd("Input.dispatchMouseEvent", {
            "type": kind, "x": x, "y": y, "button": "left", "clickCount": int(kind != "mouseMoved")})
        time.sleep(0.2)
    wait_for(browser, "#panel h2", "Microsoft")
    assert "view=all&entity=" in browser.current_url
    browser.find_element("id", "undo").click()
    wait_for(browser, "#panel h2", "The graph at a glance")


def test_filters(browser: Any, address: str) -> None:
    """Hiding a type, and what is only possible, removes edges; the address keeps that for whoever opens it."""
    browser.get(f"{address}/graph?entity=ent:none")
    wait_for(browser, "#notice", "No statement links this")
    browser.get(f"{address}/graph")
    wait_for(browser, "#status", "Whole graph")
    edges = len(browser.find_elements("css selector", "#edges [data-edge]"))
    browser.find_element("id", "unasserted").click()
    asserted = len(browser.find_elements("css selector", "#edges [data-edge]"))
    browser.find_element("css selector", '[data-type="event"]').click()
    without_events = len(browser.find_elements("css selector", "#edges [data-edge]"))
    assert edges > asserted > without_events > 0
    browser.get(browser.current_url)
    wait_for(browser, "#edge-count", f"({without_events})")
    browser.get(f"{address}/graph?since=2025-07-01")
    wait_for(browser, "#status", "Whole graph")
    assert "Dublin" not in browser.find_element("id", "edges").get_attribute("textContent")


def test_figures_of_what_is_shown(browser: Any, address: str) -> None:
    """The table has the entities on screen, sorts by any figure, and computes anew for what is shown."""
    browser.get(f"{address}/graph?size=pagerank&colour=community")
    wait_for(browser, "#status", "Whole graph")
    browser.find_element("css selector", "#figures-box summary").click()
    wait_for(browser, "#figures tbody tr", "Amazon")
    browser.find_element("css selector", "[data-sort=label]").click()
    first = wait_for(browser, "#figures tbody tr", do=lambda row: row.text)
    assert first.startswith("Amazon")
    browser.get(f"{address}/graph?off=event&scope=shown")
    wait_for(browser, "#figures .figures-scope", "bridges, drawn in colour")


def test_exports(browser: Any, address: str) -> None:
    """What is drawn is saved as a picture, and as networks that networkx reads."""
    browser.get(f"{address}/graph")
    wait_for(browser, "#status", "Whole graph")
    files = browser.execute_async_script(SAVED)
    assert files["png"].startswith("data:image/png;base64,")
    assert ElementTree.fromstring(files["svg"]).tag == "{http://www.w3.org/2000/svg}svg"
    for read in (nx.read_graphml(io.BytesIO(files["graphml"].encode()), force_multigraph=True),
                 nx.read_gexf(io.BytesIO(files["gexf"].encode()))):
        assert "Amazon" in [data["label"] for _, data in read.nodes(data=True)]
        assert read.number_of_edges() == len(browser.find_elements("css selector", "#edges [data-edge]"))


SAVED = """
const done = arguments[0];
import('/static/js/exports.js').then(async ({ fileOf }) => {
  const files = {};
  for (const format of ['svg', 'gexf', 'graphml']) files[format] = await (await fileOf(window.stringer, format)).text();
  const reader = new FileReader();
  reader.onload = () => done({ ...files, png: reader.result });
  reader.readAsDataURL(await fileOf(window.stringer, 'png'));
});
"""
