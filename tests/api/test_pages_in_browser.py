"""The flows through the pages in a headless Chromium; what it saw last stays in ``.pytest_cache/d/screenshots``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.access import Access, Token, digest
from api.routes.pages.articles import STAGES
from kg.identity import Identity
from kg.store import open_store
from tests.api.browser import missing, resize, served, wait_for
from tests.api.conftest import layoffs, office

pytest.importorskip("selenium", reason="selenium is not installed")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(missing() is not None, reason=f"no browser: {missing()}")]

AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text("utf-8")
_FINDINGS = """
const done = arguments[0];
const only = {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21aa"]};
axe.run(document, {runOnly: only}).then(({violations}) => done(violations
  .filter(({impact}) => ["serious", "critical"].includes(impact))
  .map(({id, nodes}) => [id, ...nodes.slice(0, 3).map(({html, failureSummary}) => `${html} ${failureSummary}`)])));
"""
_CUT_OFF = """
const scrolls = (node) => node && (/auto|scroll/.test(getComputedStyle(node).overflowX) || scrolls(node.parentElement));
return [...document.querySelectorAll("body *")].filter((node) => {
  const { left, right, width } = node.getBoundingClientRect();
  const out = width > 1 && (right > innerWidth + 1 || left < -1);
  return out && !node.matches(".skip, svg *, .CodeMirror *") && !scrolls(node.parentElement);
}).map((node) => `${node.tagName} ${node.className}`).slice(0, 5);
"""
_OPENED = "for (const box of document.querySelectorAll('details')) box.open = true;"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return where a service over a store of its own runs, which the token "secret" may write to."""
    path = tmp_path_factory.mktemp("pages") / "store"
    with open_store(path) as store:
        identity = Identity(store)
        for extraction in (layoffs(), office()):
            identity.add(extraction)
        [one], [other] = identity.find("Zeta Labs"), identity.find("Dublin")
        identity.merge(one, other)
        store.flush()
    with served(path, Access((Token("me", "write", digest("secret")),))) as address:
        yield address


def click(browser: Any, css: str, text: str = "") -> None:
    """Click the first element that matches and holds the text, once it is there."""
    wait_for(browser, css, text, do=lambda element: browser.execute_script("arguments[0].click()", element))


def paths(browser: Any, address: str) -> list[str]:
    """Return the pages of the site, with an article and an entity that the home page links."""
    browser.get(address)
    wait_for(browser, "#overview a[href^='/articles/']")
    links = [link.get_attribute("href") for link in browser.find_elements("css selector", "#overview a")]
    found = [next(link for link in links if part in link) for part in ("/articles/layoffs", "/entities/Amazon-")]
    return [f"{address}/", f"{address}/?q=amazon", *found, *(f"{address}/{name}" for name in (
        "events", "claims", "conflicts", "articles", "graph", "query", "docs", "sign-in", "entities/Nobody-0"))]


def test_no_serious_finding(browser: Any, address: str) -> None:
    """On every page, light and dark, axe-core finds nothing serious against WCAG 2.1 A and AA."""
    for page in paths(browser, address):
        browser.get(page)
        wait_for(browser, "main")
        browser.execute_script(_OPENED + AXE)
        for theme in ("light", "dark"):
            browser.execute_script("document.documentElement.dataset.theme = arguments[0]", theme)
            assert browser.execute_async_script(_FINDINGS) == [], (page, theme)


def test_marks_with_the_keyboard(browser: Any, address: str) -> None:
    """One mark is a stop of the Tab key, arrows lead on from it, and each shows what was read there."""
    browser.get(paths(browser, address)[2])
    wait_for(browser, ".text .m[tabindex='0']")
    assert len(browser.find_elements("css selector", ".text .m[tabindex='0']")) == 1
    mark = browser.find_element("css selector", ".text .m[tabindex='0']")
    mark.send_keys("\ue014")
    now = browser.switch_to.active_element
    assert now != mark
    assert now.get_attribute("tabindex") == "0"
    wait_for(browser, ".card-over .item")
    now.send_keys("\ue00c")
    wait_for(browser, ".card-over[hidden]")


def test_phone_width(browser: Any, address: str) -> None:
    """On a phone no page is wider than the screen, and nothing sticks out that cannot be scrolled to."""
    resize(browser, 390, 844, mobile=True)
    try:
        for page in paths(browser, address):
            browser.get(page)
            wait_for(browser, "main")
            browser.execute_script(_OPENED)
            assert browser.execute_script(_CUT_OFF) == [], page
    finally:
        resize(browser, 1280, 800)


def test_search_to_the_sentence(browser: Any, address: str) -> None:
    """The search box leads with the keyboard to an entity, whose fact opens to its sentence."""
    browser.get(address)
    browser.find_element("id", "search").send_keys("amazon")
    wait_for(browser, "#suggestions [role=option]", "Amazon")
    browser.find_element("id", "search").send_keys("\ue007")
    wait_for(browser, "h1", "Amazon")
    click(browser, ".relation summary", "CEO of it")
    wait_for(browser, ".fact mark", "CEO Andy Jassy")
    wait_for(browser, ".small-graph text", "Microsoft")
    wait_for(browser, "#h-figures")


def test_home_search_with_types(browser: Any, address: str) -> None:
    """Typing on the home page lists what is called so, and a type narrows it."""
    browser.get(address)
    browser.find_element("id", "finder").send_keys("a")
    wait_for(browser, "#found b", "Andy Jassy")
    click(browser, "#found .chip", "Person")
    wait_for(browser, "h1", "called “a”")
    assert [row.text for row in browser.find_elements("css selector", ".entity-list b")] == ["Andy Jassy"]


def test_marks_of_an_article(browser: Any, address: str) -> None:
    """A click on a mark shows the statement, the legend hides a layer, a statement shows where it stands."""
    [article] = [path for path in paths(browser, address) if "/articles/layoffs" in path]
    browser.get(article)
    click(browser, ".m.events", "layoffs")
    card = wait_for(browser, ".card-over .item", do=lambda item: item.text)
    for part in ("Layoff: Amazon", "90 %", "asserted", "events"):
        assert part in card
    click(browser, ".chip[data-layer=claims]")
    assert browser.find_elements("css selector", ".show-claims") == []
    click(browser, ".item .show-me")
    wait_for(browser, ".text .m.lit")


def test_brush(browser: Any, address: str) -> None:
    """A drag over the columns chooses a time, and the list follows."""
    browser.get(f"{address}/events")
    box = wait_for(browser, "#timeline", do=lambda chart: chart.rect)
    wide = box["width"] / 6
    for kind, at in (("mousePressed", .3), ("mouseMoved", .8), ("mouseMoved", 1.5), ("mouseReleased", 1.5)):
        browser.execute_cdp_cmd("Input.dispatchMouseEvent", {
            "type": kind, "x": box["x"] + at * wide, "y": box["y"] + 60, "button": "left", "buttons": 1,
            "clickCount": int(kind != "mouseMoved")})
    chosen = [browser.find_element("name", name).get_attribute("value") for name in ("since", "until")]
    assert chosen[0] < chosen[1]
    if chosen[1] < "2025-07-18":
        wait_for(browser, "#list", "No event")
    else:
        wait_for(browser, "#list", "Layoff")
    wait_for(browser, "body", do=lambda _: "since=" in browser.current_url or None)


def test_queries(browser: Any, address: str) -> None:
    """An example is answered in the ways that fit it, a link opens it again, and a malformed query tells why."""
    browser.get(f"{address}/query")
    wait_for(browser, ".CodeMirror")
    browser.execute_script("""const box = document.getElementById("example"); box.value = "events-by-month";
        box.dispatchEvent(new Event("change"))""")
    wait_for(browser, "#outcome", "row")
    wait_for(browser, "#results td", "2025-07")
    assert browser.find_elements("css selector", ".parseErrorIcon") == []
    link = browser.current_url
    assert "query=" in link
    browser.get(link)
    wait_for(browser, "#outcome", "row")
    browser.get(f"{address}/query?query=CONSTRUCT%20%7B%3Fa%20news:partOf%20%3Fb%7D%20%7B%3Fa%20news:partOf%20%3Fb%7D")
    wait_for(browser, "#outcome", "1 triple")
    click(browser, "#ways .chip", "Graph")
    wait_for(browser, "#results .node", "Amazon Web Services")
    browser.get(f"{address}/query?query=SELECT")
    wait_for(browser, "#outcome.error", "query refused")


def test_completion(browser: Any, address: str) -> None:
    """Typing suggests classes after "a" and properties elsewhere."""
    browser.get(f"{address}/query")
    wait_for(browser, ".CodeMirror")
    typed = "arguments[0].CodeMirror"
    editor = browser.find_element("css selector", ".CodeMirror")
    browser.execute_script(f"{typed}.setValue(''); {typed}.focus()", editor)
    browser.switch_to.active_element.send_keys("SELECT * { ?x a news:Lay")
    wait_for(browser, ".CodeMirror-hint", "news:Layoff")


def test_read_and_add_an_article(browser: Any, address: str) -> None:
    """A pasted article is read stage by stage and shown; it is added once a token is given, and has its page then."""
    browser.get(address)
    browser.delete_all_cookies()
    click(browser, "#reader > summary")
    text = "Siemens appointed Maria Keller as chief executive on Monday. She said that Siemens would cut 200 jobs."
    wait_for(browser, "#article-text", do=lambda box: box.send_keys(text))
    click(browser, "#reader-form [type=submit]")
    wait_for(browser, "#reading-result .m.entities", "Siemens")
    stages = [item.text for item in browser.find_elements("css selector", "#reader-stages li")]
    assert stages == list(STAGES.values())
    click(browser, "#reader-add")
    wait_for(browser, "#reader .token-said", "token")
    wait_for(browser, "#reader .token", do=lambda box: box.send_keys("wrong\ue007"))
    wait_for(browser, "#reader .token-said", "not known")
    wait_for(browser, "#reader .token", do=lambda box: box.send_keys("\ue009a\ue000secret\ue007"))
    wait_for(browser, "h1", "Untitled article")
    assert "/articles/" in browser.current_url
    assert browser.execute_script("return document.cookie") == ""
    click(browser, ".session button", "Sign out")
    wait_for(browser, "a.session", "Sign in")


def test_drop_an_article_and_cancel(browser: Any, address: str) -> None:
    """A file that is dropped is read at once; a reading that is cancelled says so, and can be begun again."""
    browser.get(address)
    wait_for(browser, "#reader")
    browser.execute_script(_DROP, "Siemens appointed Maria Keller as chief executive on Monday. " * 400)
    click(browser, "#reader-cancel")
    wait_for(browser, "#reader-said", "Cancelled.")
    browser.execute_script(_DROP, "Siemens appointed Maria Keller as chief executive on Monday.")
    wait_for(browser, "#reading-result .m.entities", "Maria Keller")
    assert browser.find_element("id", "article-title").get_attribute("value") == "a story"


def test_parts_can_be_cancelled(browser: Any, address: str) -> None:
    """What a page waits for can be stopped, and asked for again."""
    browser.get(f"{address}/conflicts")
    browser.execute_script(_CANCEL)
    wait_for(browser, "main", "Cancelled.")
    click(browser, ".loading .as-link", "Try again")
    wait_for(browser, "main", "no article contradicts another")


_DROP = """
const data = new DataTransfer();
data.items.add(new File([arguments[0]], "a-story.txt", { type: "text/plain" }));
document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
"""
_CANCEL = """
const part = document.querySelector("main [hx-get]");
part.innerHTML = '<p class="loading"><button class="as-link" type="button" data-cancel>Cancel</button></p>';
part.querySelector("[data-cancel]").click();
"""


def test_undo_a_merge(browser: Any, address: str) -> None:
    """A merge is undone on the page of the entity, with a token; then both are there."""
    browser.get(address)
    browser.delete_all_cookies()  # a test before may have left its token
    browser.get(f"{address}/?q=zeta")
    click(browser, ".entity-list a")
    click(browser, "#merges [data-post='/v1/splits']")
    wait_for(browser, "#merges .token-said", do=lambda said: said.text or None)
    wait_for(browser, "#merges .token", do=lambda box: box.send_keys("secret\ue007"))
    wait_for(browser, "#merges", "No other name")
    assert browser.current_url.startswith(f"{address}/entities/")
    browser.get(f"{address}/?q=dublin")
    wait_for(browser, ".entity-list b", "Dublin")
