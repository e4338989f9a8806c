// Ways to show the result of a SELECT query; each says whether the columns fit it.
import { el } from "./dom.js";

const NS = "http://www.w3.org/2000/svg";
const DATE = /^-?\d{4}(-\d\d(-\d\d(T.*)?)?)?(Z|[+-]\d\d:\d\d)?$/;
const SHOWN = 500;

function svg(name, attributes = {}, ...children) {
  const node = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** A term as people read it: prefixed names, and words for identifiers of entities. */
export class Words {
  constructor(prefixes) { this.prefixes = prefixes; }

  short(iri) {
    const [prefix, namespace] = Object.entries(this.prefixes).find(([, namespace]) => iri.startsWith(namespace)) ?? ["", ""];
    const local = iri.slice(namespace.length);
    return prefix && /^[\w-]*$/.test(local) ? `${prefix}:${local}` : iri;
  }

  text(term) {
    if (!term) return "";
    if (term.type !== "uri") return term.value;
    const short = this.short(term.value);
    return /^(ent|article):/.test(short) ? short.replace(/^\w+:/, "").replace(/-[0-9a-f]+$/, "").replaceAll("_", " ") : short;
  }

  page(term) {
    if (term?.type !== "uri") return null;
    const short = this.short(term.value);
    if (short.startsWith("article:")) return `/articles/${short.slice(8)}`;
    if (short.startsWith("ent:")) return `/entities/${short.slice(4)}`;
    return short.startsWith("id:event-") ? `/entities/${short}` : null;
  }

  cell(term) {
    const href = this.page(term);
    return href ? el("a", { href }, this.text(term)) : this.text(term);
  }
}

const column = (rows, name) => rows.map((row) => row[name]).filter(Boolean);
const mostly = (terms, test) => terms.length > 0 && terms.every(test);
const isNumber = (term) => term.type !== "uri" && term.value.trim() !== "" && Number.isFinite(Number(term.value));
const isDate = (term) => term.type !== "uri" && DATE.test(term.value) && (term.value.includes("-") || /date|Year/.test(term.datatype ?? ""));
const find = (names, rows, test) => names.filter((name) => mostly(column(rows, name), test));

function table({ names, rows }, words) {
  const body = el("tbody");
  const fill = (from) => body.append(...rows.slice(from, from + SHOWN).map((row) => el("tr", {}, names.map((name) => el("td", {}, words.cell(row[name]))))));
  fill(0);
  const more = rows.length > SHOWN && el("p", { class: "note" }, el("button", { class: "button quiet", type: "button", click: (event) => {
    fill(body.children.length);
    if (body.children.length >= rows.length) event.target.remove();
  } }, "More rows"));
  return el("div", {}, el("table", {}, el("thead", {}, el("tr", {}, names.map((name) => el("th", { scope: "col" }, name)))), body), more);
}

/** The column with words that differ most from row to row. */
const naming = ({ names, rows }, except) => names.filter((name) => !except.includes(name))
  .map((name) => [name, new Set(column(rows, name).map((term) => term.value)).size]).sort((a, b) => b[1] - a[1])[0]?.[0];

function timeline({ names, rows }, words) {
  const [day] = find(names, rows, isDate);
  const label = naming({ names, rows }, [day]);
  const points = rows.filter((row) => row[day]).map((row) => ({ row, at: Date.parse(row[day].value.padEnd(10, "-01").slice(0, 10)) }))
    .filter(({ at }) => Number.isFinite(at)).sort((a, b) => a.at - b.at).slice(0, 200);
  const [first, last] = [points[0].at, points.at(-1).at];
  const height = 40 + points.length * 19;
  const plot = svg("svg", { viewBox: `0 0 900 ${height}`, class: "plot", role: "img", "aria-label": `${points.length} rows over time` });
  plot.style.maxHeight = "none";
  points.forEach(({ row, at }, i) => {
    const x = 110 + ((at - first) / (last - first || 1)) * 520;
    const y = 24 + i * 19;
    plot.append(svg("line", { x1: 110, x2: 630, y1: y, y2: y, opacity: .35 }), svg("circle", { cx: x, cy: y, r: 4.5 }),
      svg("text", { x: 10, y: y + 4 }, row[day].value.slice(0, 10)), svg("text", { x: x + 10, y: y + 4 }, words.text(row[label]).slice(0, 60)));
  });
  return plot;
}

function bars({ names, rows }, words) {
  const numbers = find(names, rows, isNumber);
  const value = numbers.at(-1);
  const labels = names.filter((name) => !numbers.includes(name));
  const shown = rows.filter((row) => row[value]).map((row) => ({ row, n: Number(row[value].value) })).sort((a, b) => b.n - a.n).slice(0, 60);
  const most = Math.max(...shown.map(({ n }) => Math.abs(n))) || 1;
  return el("ol", { class: "bar-rows" }, shown.map(({ row, n }) => el("li", {},
    el("span", { class: "name", title: labels.map((name) => words.text(row[name])).join(" · ") }, labels.map((name) => words.text(row[name])).filter(Boolean).join(" · ")),
    svg("svg", { viewBox: "0 0 100 8", preserveAspectRatio: "none", class: "bar-h", "aria-hidden": "true" }, svg("rect", { width: (Math.abs(n) / most) * 100, height: 8 })),
    el("span", { class: "n" }, n.toLocaleString("en")))));
}

/** Rows as edges: subject, predicate and object where columns are called so, else the first two columns of things. */
function edges({ names, rows }) {
  const things = names.filter((name) => column(rows, name).some((term) => term.type === "uri" && !isNumber(term)));
  const [from, label, to] = names.includes("subject") && names.includes("object") ? ["subject", "predicate", "object"]
    : names.length === 3 && names.every((name) => /^[spo]$/.test(name)) ? ["s", "p", "o"] : [things[0], null, things[1]];
  return rows.filter((row) => row[from] && row[to]).slice(0, 150).map((row) => ({ from: row[from], label: label ? row[label] : null, to: row[to] }));
}

/** Places by springs and repulsion; a circle to begin with, so that the same rows give the same drawing. */
function places(ids, links) {
  const spot = new Map(ids.map((id, i) => [id, { x: Math.cos((i / ids.length) * 2 * Math.PI), y: Math.sin((i / ids.length) * 2 * Math.PI) }]));
  const ideal = 1.6 / Math.sqrt(ids.length);
  for (let step = 0; step < 160; step += 1) {
    const heat = .12 * (1 - step / 160);
    const push = new Map(ids.map((id) => [id, { x: 0, y: 0 }]));
    const act = (a, b, force) => {
      const [p, q] = [spot.get(a), spot.get(b)];
      const [dx, dy] = [p.x - q.x, p.y - q.y];
      const d = Math.hypot(dx, dy) || .01;
      const f = force(d) / d;
      push.get(a).x += dx * f; push.get(a).y += dy * f;
      push.get(b).x -= dx * f; push.get(b).y -= dy * f;
    };
    ids.forEach((a, i) => ids.slice(i + 1).forEach((b) => act(a, b, (d) => (ideal * ideal) / d)));
    for (const [a, b] of links) act(a, b, (d) => -(d * d) / ideal);
    for (const id of ids) {
      const { x, y } = push.get(id);
      const d = Math.hypot(x, y) || 1;
      const p = spot.get(id);
      p.x += (x / d) * Math.min(d, heat); p.y += (y / d) * Math.min(d, heat);
    }
  }
  return spot;
}

function graph(result, words) {
  const found = edges(result);
  const terms = new Map(found.flatMap(({ from, to }) => [[from.value, from], [to.value, to]]));
  const spot = places([...terms.keys()], found.map(({ from, to }) => [from.value, to.value]));
  const [xs, ys] = ["x", "y"].map((axis) => [...spot.values()].map((p) => p[axis]));
  const fit = (v, all, low, high) => low + ((v - Math.min(...all)) / (Math.max(...all) - Math.min(...all) || 1)) * (high - low);
  const at = (term) => [fit(spot.get(term.value).x, xs, 90, 810), fit(spot.get(term.value).y, ys, 30, 470)];
  const plot = svg("svg", { viewBox: "0 0 900 510", class: "plot", role: "img", "aria-label": `${terms.size} nodes, ${found.length} edges` });
  for (const { from, label, to } of found) {
    const [[x1, y1], [x2, y2]] = [at(from), at(to)];
    plot.append(svg("line", { x1, y1, x2, y2 }));
    if (label && found.length <= 40) plot.append(svg("text", { x: (x1 + x2) / 2, y: (y1 + y2) / 2, class: "edge" }, words.text(label).replace(/^\w+:/, "")));
  }
  for (const term of terms.values()) {
    const [x, y] = at(term);
    const drawn = [svg("circle", { cx: x, cy: y, r: 6 }), svg("text", { x, y: y + 19, class: "node" }, words.text(term).slice(0, 34))];
    const href = words.page(term);
    plot.append(href ? svg("a", { href }, ...drawn) : svg("g", {}, ...drawn));
  }
  return plot;
}

/** The ways that fit a result, the table first. */
export function ways(result) {
  const { names, rows } = result;
  const dates = find(names, rows, isDate);
  const numbers = find(names, rows, isNumber).filter((name) => !dates.includes(name));
  return [["Table", table], dates.length && names.length > 1 && rows.length > 1 && ["Timeline", timeline],
    numbers.length && names.length > numbers.length && rows.length > 1 && ["Bars", bars],
    edges(result).length && names.length > 1 && ["Graph", graph]].filter(Boolean);
}
