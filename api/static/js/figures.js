// The table of figures: every entity on screen with its measures, sorted by any of them.
import { el, words } from "./dom.js";

const COLUMNS = [["label", "Entity"], ["pagerank", "PageRank"], ["betweenness", "Betw."], ["degree", "Degree"], ["core", "Core"], ["community", "Comm."]];
const ROWS = 200;
let order = "pagerank";

export function showFigures(container, nodes, { scope, bridges, onNode, onScope }) {
  const again = () => showFigures(container, nodes, { scope, bridges, onNode, onScope });
  const entities = nodes.filter((node) => node.kind === "entity").sort((a, b) => (order === "label" ? a.label.localeCompare(b.label) : b[order] - a[order]) || (a.id < b.id ? -1 : 1));
  const select = el("select", { "aria-label": "Computed on", id: "scope", change: (event) => onScope(event.target.value) },
    el("option", { value: "" }, "the whole graph"), el("option", { value: "shown" }, "what is shown"));
  select.value = scope;
  container.replaceChildren(
    el("p", { class: "figures-scope" }, el("label", {}, "Computed on ", select), bridges && ` ${bridges.size / 2} bridges, drawn in colour`),
    el("div", { class: "table-box", tabindex: "0", role: "region", "aria-label": "Figures" }, el("table", {},
      el("thead", {}, el("tr", {}, COLUMNS.map(([name, title]) => el("th", { scope: "col", "aria-sort": name === order ? "descending" : "none" },
        el("button", { type: "button", "data-sort": name, click: () => { order = name; again(); } }, title))))),
      el("tbody", {}, entities.slice(0, ROWS).map((node) => el("tr", {}, COLUMNS.map(([name]) => el("td", {}, name === "label"
        ? el("button", { type: "button", title: words(node.type), click: () => onNode(node.id) }, node.label) : number(node[name]))))))))
  );
}

const number = (value) => (value === undefined ? "" : Number.isInteger(value) ? String(value) : value < 0.001 && value > 0 ? value.toExponential(1) : value.toFixed(3));
