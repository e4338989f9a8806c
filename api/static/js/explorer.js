// The page: the address is the state; wires the drawing, the panel, the filters and the tables to it.
import { Drawing } from "../drawing/drawing.js";
import { Network, STEP, readState, writeState } from "../drawing/network.js";
import { download } from "./exports.js";
import { dot, el, json, plural, words } from "./dom.js";
import { showFigures } from "./figures.js";
import { showEdge, showError, showNode, showOverview } from "./panel.js";
import { Search } from "./search.js";

const $ = (id) => document.getElementById(id);
const FILTERS = ["relation", "since", "until", "sure", "source", "colour", "size"];
const page = { network: null, drawing: null, state: readState(""), shown: { nodes: [], lines: [], path: [] }, from: null };

function startDrawing() {
  try {
    page.drawing = new Drawing($("graph"), { onNode: choose, onEdge: openEdge, onPin: (id, place) => change((state) => state.pin.set(id, place)) });
    window.stringer = page.drawing; // for the browser's console, and the tests
  } catch {
    notice("The drawing needs WebGL", "This browser does not offer it. Search, the panel and the tables work all the same.");
  }
}

function notice(title, text, action, click) {
  $("notice").replaceChildren(el("strong", {}, title), text, ...(action ? [el("p", {}, el("button", { class: "button quiet", type: "button", click }, action))] : []));
  $("notice").hidden = false;
}

/** Wait for an answer that may take long: it is said after a moment, and can be cancelled. */
async function patiently(title, text, path, options = {}) {
  const stop = new AbortController();
  const late = setTimeout(() => notice(title, text, "Cancel", () => stop.abort()), 600);
  try {
    return await json(path, { ...options, signal: stop.signal });
  } finally {
    clearTimeout(late);
    $("notice").hidden = true;
  }
}

/** Change the state, remember it in the address, and show it. */
function change(edit) {
  const state = readState(location.search);
  edit(state);
  const query = writeState(state);
  history.pushState({}, "", query ? `?${query}` : location.pathname);
  return show();
}

async function load() {
  try {
    page.network = new Network(await patiently("Preparing the drawing", "Places and figures are computed once for a state of the graph, and kept.", "/v1/network"));
    fillFilters();
    await show();
  } catch (error) {
    const title = error.name === "AbortError" ? "Cancelled" : "The graph could not be loaded";
    $("status").textContent = title;
    notice(title, error.name === "AbortError" ? "" : error.message, "Try again", load);
  }
}

async function show() {
  const { network, drawing } = page;
  const state = page.state = readState(location.search);
  for (const name of FILTERS) $(name).value = state[name] || ($(name).tagName === "SELECT" ? $(name).options[0].value : $(name).defaultValue);
  $("unasserted").checked = state.unasserted !== "no";
  const overview = network.viewOf(state) === "overview";
  page.shown = overview ? network.overview(state) : network.shown(state);
  $("notice").hidden = Boolean(drawing);
  if (!page.shown.nodes.length) notice("Nothing to draw", emptyReason(state));
  await figuresFor(state);
  drawing?.show(page.shown, { colour: state.colour || "type", figure: state.size || "degree", entity: state.entity, pins: state.pin, bridges: page.bridges });
  describe(state, overview);
  listTypes();
  listEdges();
  return guarded(() => panelFor(state));
}

const emptyReason = (state) => (!page.network.nodes.length ? "The graph holds no statement that links two things."
  : state.entity && !page.network.byId.has(state.entity) ? "No statement links this to anything else." : "The filters leave nothing over.");

function describe(state, overview) {
  const { network, shown } = page;
  const label = network.byId.get(state.entity)?.label;
  const view = network.viewOf(state);
  const what = overview ? "Communities" : state.path ? pathWords(state) : view === "all" ? "Whole graph" : view.startsWith("community") ? `Community ${view.split(":")[1]}` : label ? `Around ${label}` : "Chosen";
  const of = network.truncated ? ", of a larger graph" : "";
  $("status").textContent = page.from ? `Choose where the path from ${network.byId.get(page.from)?.label} leads` : `${what}: ${plural(shown.nodes.length, overview ? "community" : "node")}, ${plural(shown.lines.length, "edge")}${of}`;
  for (const [id, name] of [["view-all", "all"], ["view-overview", "overview"]]) $(id).setAttribute("aria-pressed", String(view === name));
}

function pathWords(state) {
  const steps = page.shown.path.length - 1;
  return steps > 0 ? `Path of ${plural(steps, "step")}` : "No path";
}

// What a node, an edge or a community does when it is chosen.

function choose(id) {
  if (id.startsWith("community:")) return change((state) => { state.view = id; state.expand.clear(); });
  if (page.from && page.from !== id) {
    const ends = `${page.from}|${id}`;
    page.from = null;
    return change((state) => { Object.assign(state, { path: ends, entity: "", view: "" }); state.expand.clear(); });
  }
  return change((state) => {
    const view = page.network.viewOf(state);
    if (view !== "around") state.view = view;
    if (!page.shown.nodes.some((node) => node.id === id)) { state.hide.delete(id); if (view === "around") state.expand.set(id, STEP); }
    state.entity = id;
  });
}

/** Go to what was searched for: beside what was expanded before, or alone. */
function focus(id) {
  return change((state) => {
    if (page.network.viewOf(state) !== "around") state.expand.clear();
    Object.assign(state, { view: "", path: "", entity: id });
    state.hide.delete(id);
    state.expand.set(id, STEP);
  });
}

function openEdge(key) {
  const line = page.shown.lines.find((one) => one.key === key);
  if (!line?.edges.length) return undefined;
  page.drawing?.choose(key);
  return guarded(() => showEdge(line.edges.map((edge) => ({ subject: edge.source, predicate: edge.predicate, object: edge.target })), actions));
}

async function guarded(work) {
  try { await work(); } catch (error) { showError(error.message); }
}

const actions = {
  onNode: (id) => choose(id),
  onHome: () => change((state) => { Object.assign(state, { entity: "", view: "", path: "" }); state.expand.clear(); state.pin.clear(); state.hide.clear(); }),
  onBack: () => { page.drawing?.choose(null); guarded(() => panelFor(page.state)); },
  onEdge: (statement) => {
    const key = `${statement.subject.id}|${statement.object.id}`;
    page.drawing?.choose(page.drawing.graph.hasEdge(key) ? key : null);
    guarded(() => showEdge([statement], actions));
  },
  tools: (id) => nodeTools(id),
};

/** The buttons that change what is drawn around a node. */
function nodeTools(id) {
  const { network, state } = page;
  const node = network.byId.get(id);
  if (!node) return null;
  const all = network.neighbours(node, state).length;
  const drawn = new Set(page.shown.nodes);
  const left = network.neighbours(node, state).filter((other) => !drawn.has(other)).length;
  const count = state.expand.get(id) ?? 0;
  const button = (name, label, click, off = false) => el("button", { class: "button quiet", type: "button", "data-tool": name, disabled: off, click }, label);
  return el("div", { class: "actions node-tools" },
    button("expand", count ? `More (${left} left)` : `Expand (${left})`, () => change((s) => { s.expand.set(id, Math.min(count + STEP, all)); }), !left),
    button("collapse", "Collapse", () => change((s) => { s.expand.delete(id); if (!s.view && !s.expand.size) s.view = "around"; }), !count),
    state.pin.has(id) ? button("unpin", "Unpin", () => change((s) => s.pin.delete(id))) : button("pin", "Pin", () => change((s) => s.pin.set(id, placeOf(id))), !drawn.has(node)),
    button("hide", "Hide", () => change((s) => { s.hide.add(id); if (s.entity === id) s.entity = ""; })),
    button("path", "Path to …", () => { page.from = id; describe(state, false); }));
}

function placeOf(id) {
  const { x, y } = page.drawing.graph.getNodeAttributes(id);
  return [x, y];
}

async function panelFor(state) {
  if (page.shown.path.length > 1 && !state.entity) return showEdge(pathStatements(), actions);
  if (state.entity) return showNode(state.entity, actions);
  return showOverview(actions);
}

/** One statement for each step of the path, the best supported. */
function pathStatements() {
  const { path, lines } = page.shown;
  return path.slice(1).flatMap((node, i) => {
    const line = lines.find((one) => (one.source === path[i] && one.target === node) || (one.source === node && one.target === path[i]));
    return line ? [{ subject: line.source, predicate: line.edges[0].predicate, object: line.target }] : [];
  });
}

// Filters and lists.

function fillFilters() {
  const { network } = page;
  const relations = [...new Map(network.edges.map((edge) => [edge.predicate.id, edge.predicate.label]))].sort((a, b) => a[1].localeCompare(b[1]));
  $("relation").replaceChildren(el("option", { value: "" }, "All relations"), ...relations.map(([id, label]) => el("option", { value: id }, label)));
  $("source").replaceChildren(el("option", { value: "" }, "All sources"), ...network.sources.map((source) => el("option", { value: source }, source)));
  [$("since").min, $("since").max] = [$("until").min, $("until").max] = network.days;
}

function listTypes() {
  const counts = new Map();
  const { state } = page;
  for (const node of page.shown.nodes) {
    const key = node.kind === "event" ? "event" : node.type;
    if (key) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const type of state.off) counts.set(type, 0);
  const order = [...counts].sort(([a, n], [b, m]) => (a === "event") - (b === "event") || m - n || a.localeCompare(b));
  const hidden = state.hide.size ? [el("button", { class: "chip", type: "button", id: "unhide", click: () => change((s) => s.hide.clear()) }, `Show ${plural(state.hide.size, "hidden node")}`)] : [];
  $("types").replaceChildren(...order.map(([type, n]) => chip(type, n)), ...hidden);
}

const chip = (type, n) => el("button", {
  class: "chip", type: "button", "aria-pressed": String(!page.state.off.has(type)), "data-type": type,
  click: () => change((state) => { if (!state.off.delete(type)) state.off.add(type); }),
}, dot(type, type), type === "event" ? "Event" : words(type), el("span", { class: "n" }, n ? String(n) : ""));

function listEdges() {
  const rows = page.shown.lines.filter((line) => line.edges.length).sort((a, b) => b.articles.size - a.articles.size).slice(0, 300);
  $("edge-count").textContent = `(${page.shown.lines.length})`;
  $("edges").replaceChildren(...rows.map(({ key, source, target, label, articles }) => el("li", {},
    el("button", { class: "row", type: "button", "data-edge": key, click: () => openEdge(key) },
      articles.size > 1 && el("span", { class: "more", title: plural(articles.size, "article") }, `× ${articles.size}`),
      dot(source.type, source.kind), el("b", {}, source.label), el("span", { class: "pred" }, ` ${label} `), el("b", {}, target.label)))));
}

// Figures of what is shown stand in for those of the whole graph while the address says so.

async function figuresFor(state) {
  const ids = state.scope === "shown" ? page.shown.nodes.map((node) => node.id).filter((id) => !id.startsWith("community:")) : [];
  page.bridges = null;
  if (ids.length) {
    const found = await measured(ids);
    const figures = new Map(found.measures.map((row) => [row.id, row]));
    const copies = new Map(page.shown.nodes.map((node) => [node, { ...node, ...figures.get(node.id) }]));
    page.shown = { nodes: [...copies.values()], path: page.shown.path.map((node) => copies.get(node) ?? node),
      lines: page.shown.lines.map((line) => ({ ...line, source: copies.get(line.source), target: copies.get(line.target) })) };
    page.bridges = new Set(found.bridges.flatMap(({ source, target }) => [`${source}|${target}`, `${target}|${source}`]));
  }
  showFigures($("figures"), page.shown.nodes, { scope: state.scope, bridges: page.bridges, onNode: choose, onScope: (scope) => change((s) => { s.scope = scope; }) });
}

const NONE = { measures: [], bridges: [] };

/** The figures of these nodes among themselves; none where that is cancelled. */
async function measured(nodes) {
  try {
    return await patiently("Computing figures", `PageRank, betweenness, cores, communities and bridges of ${plural(nodes.length, "node")}.`, "/v1/measures", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ nodes }) });
  } catch (error) {
    if (error.name !== "AbortError") throw error;
    return NONE;
  }
}

function wire() {
  for (const name of FILTERS) $(name).addEventListener("change", () => change((state) => { state[name] = $(name).value === ($(name).defaultValue ?? "") ? "" : $(name).value; }));
  $("unasserted").addEventListener("change", () => change((state) => { state.unasserted = $("unasserted").checked ? "" : "no"; }));
  $("zoom-in").addEventListener("click", () => page.drawing?.zoom(1.5));
  $("zoom-out").addEventListener("click", () => page.drawing?.unzoom(1.5));
  $("zoom-fit").addEventListener("click", () => page.drawing?.fit());
  $("undo").addEventListener("click", () => history.back());
  $("view-all").addEventListener("click", () => change((state) => { Object.assign(state, { view: "all", path: "" }); state.expand.clear(); }));
  $("view-overview").addEventListener("click", () => change((state) => { Object.assign(state, { view: "overview", path: "", entity: "" }); state.expand.clear(); }));
  $("export").addEventListener("change", () => { if (page.drawing && $("export").value) download(page.drawing, $("export").value); $("export").value = ""; });
  document.addEventListener("themechange", () => page.drawing?.refresh());
  addEventListener("popstate", show);
}

new Search((id) => { if (page.network) (page.from ? choose : focus)(id); });
startDrawing();
wire();
document.fonts.load('500 13px "Inter"').finally(load);
