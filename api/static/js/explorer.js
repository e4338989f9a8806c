// The page: wires the search box, the drawing, the panel and the filters together.
import { dot, el, json, plural, words } from "./dom.js";
import { Drawing } from "./drawing.js";
import { showEdge, showError, showNode, showOverview } from "./panel.js";
import { Search } from "./search.js";

const $ = (id) => document.getElementById(id);
const state = { turn: 0, entity: null, hops: 1, data: { nodes: [], edges: [] }, edges: new Map(), hiddenTypes: new Set() };
let drawing = null;

function startDrawing() {
  try {
    drawing = new Drawing($("graph"), { onNode: (id) => go(id), onEdge: (key) => openEdge(key) });
    window.stringer = drawing; // for the browser's console, and the tests
  } catch {
    notice("The drawing needs WebGL", "This browser does not offer it. Search and the panel work all the same.");
  }
}

function notice(title, text) {
  $("notice").replaceChildren(el("strong", {}, title), text);
  $("notice").hidden = false;
}

/** Go to an entity (or to the whole graph) and remember it in the address. */
function go(entity, hops = 1) {
  const query = new URLSearchParams(entity ? { entity, ...(hops > 1 && { hops }) } : {});
  history.pushState({}, "", query.size ? `?${query}` : location.pathname);
  return load();
}

async function load() {
  const query = new URLSearchParams(location.search);
  state.entity = query.get("entity");
  state.hops = Number(query.get("hops")) || 1;
  await Promise.all([loadGraph(), loadPanel()]);
}

async function loadGraph() {
  const query = new URLSearchParams({ limit: 60, hops: state.hops, ...(state.entity && { entity: state.entity }) });
  const turn = ++state.turn;
  try {
    const data = await json(`/v1/graph?${query}`);
    if (turn !== state.turn) return;
    state.data = data;
    state.edges = merged(data.edges);
    if (drawing) $("notice").hidden = true;
    if (!data.nodes.length) notice("Nothing to draw yet", "No statement links two things in this part of the graph.");
    drawing?.show({ center: data.center, nodes: data.nodes, edges: [...state.edges.values()] });
    describe();
  } catch (error) {
    $("status").textContent = "The graph could not be loaded";
    notice("The graph could not be loaded", error.message);
  }
}

/** Statements between the same two nodes are one line in the drawing. */
function merged(edges) {
  const lines = new Map();
  for (const edge of edges) {
    const key = `${edge.source}|${edge.target}`;
    const line = lines.get(key) ?? { key, source: edge.source, target: edge.target, predicates: [], labels: [], statements: [], asserted: false };
    lines.set(key, line);
    line.statements.push({ subject: { id: edge.source }, predicate: { id: edge.predicate }, object: { id: edge.target } });
    line.asserted ||= edge.asserted;
    if (!line.predicates.includes(edge.predicate)) { line.predicates.push(edge.predicate); line.labels.push(edge.label); }
  }
  for (const line of lines.values()) line.label = line.labels.length > 2 ? `${line.labels.slice(0, 2).join(", ")} +${line.labels.length - 2}` : line.labels.join(", ");
  return lines;
}

function describe() {
  const { nodes, center, truncated } = state.data;
  const label = nodes.find((node) => node.id === center)?.label;
  const around = state.entity ? `Around ${label ?? "this"}` : "The most connected part";
  $("status").textContent = `${around}: ${plural(nodes.length, "node")}, ${plural(state.edges.size, "edge")}${truncated ? ", more not shown" : ""}`;
  listTypes();
  listRelations();
}

function listTypes() {
  const counts = new Map();
  for (const node of state.data.nodes) {
    const key = node.kind === "event" ? "event" : node.type;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const order = [...counts].sort(([a, n], [b, m]) => (a === "event") - (b === "event") || m - n || a.localeCompare(b));
  $("types").replaceChildren(...order.map(([type, n]) => chip(type, n)));
}

function chip(type, n) {
  const pressed = !state.hiddenTypes.has(type);
  return el("button", {
    class: "chip", type: "button", "aria-pressed": String(pressed), "data-type": type,
    click: () => { state.hiddenTypes.has(type) ? state.hiddenTypes.delete(type) : state.hiddenTypes.add(type); listTypes(); applyFilter(); },
  }, dot(type, type), type === "event" ? "Event" : words(type), el("span", { class: "n" }, String(n)));
}

function listRelations() {
  const names = new Map(state.data.edges.map((edge) => [edge.predicate, edge.label]));
  const chosen = names.has($("relation").value) ? $("relation").value : "";
  const options = [...names].sort((a, b) => a[1].localeCompare(b[1])).map(([id, label]) => el("option", { value: id }, label));
  $("relation").replaceChildren(el("option", { value: "" }, "All relations"), ...options);
  $("relation").value = chosen;
  applyFilter();
}

const filters = () => ({ types: state.hiddenTypes, relation: $("relation").value, unasserted: !$("unasserted").checked });

function applyFilter() {
  drawing?.filter(filters());
  listEdges();
}

function visibleEdges() {
  const { types, relation, unasserted } = filters();
  const nodes = new Map(state.data.nodes.map((node) => [node.id, node]));
  const shown = (node) => !types.has(node.kind === "event" ? "event" : node.type);
  return [...state.edges.values()]
    .filter((edge) => (!relation || edge.predicates.includes(relation)) && (!unasserted || edge.asserted))
    .map((edge) => [edge, nodes.get(edge.source), nodes.get(edge.target)])
    .filter(([, source, target]) => shown(source) && shown(target));
}

function listEdges() {
  const rows = visibleEdges();
  $("edge-count").textContent = `(${rows.length})`;
  $("edges").replaceChildren(...rows.map(([edge, source, target]) => el("li", {},
    el("button", { class: "row", type: "button", "data-edge": edge.key, click: () => openEdge(edge.key) },
      dot(source.type, source.kind), el("b", {}, source.label), el("span", { class: "pred" }, ` ${edge.label} `), el("b", {}, target.label)))));
}

async function guarded(work) {
  try { await work(); } catch (error) { showError(error.message); }
}

const actions = {
  onNode: (id) => go(id),
  onHome: () => go(null),
  onBack: () => { drawing?.choose(null); guarded(loadPanel); },
  onExpand: (id) => go(id, Math.min(state.hops + 1, 3)),
  onEdge: (statement) => {
    const key = `${statement.subject.id}|${statement.object.id}`;
    drawing?.choose(state.edges.has(key) ? key : null);
    guarded(() => showEdge([statement], actions));
  },
};

function openEdge(key) {
  drawing?.choose(key);
  return guarded(() => showEdge(state.edges.get(key).statements, actions));
}

const loadPanel = () => guarded(() => (state.entity ? showNode(state.entity, actions) : showOverview(actions)));

new Search((id) => go(id));
startDrawing();
$("relation").addEventListener("change", applyFilter);
$("unasserted").addEventListener("change", applyFilter);
$("zoom-in").addEventListener("click", () => drawing?.zoom(1.5));
$("zoom-out").addEventListener("click", () => drawing?.unzoom(1.5));
$("zoom-fit").addEventListener("click", () => drawing?.fit());
document.addEventListener("themechange", () => drawing?.refresh());
addEventListener("popstate", load);
document.fonts.load('500 13px "Inter"').finally(load);
