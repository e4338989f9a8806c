// The SPARQL page: sends the query to /sparql and shows a table, a yes or no, or triples.
import { el, plural, request } from "./dom.js";

const $ = (id) => document.getElementById(id);
const form = $("query-form");
const PREFIXES = {
  "https://w3id.org/stringer/news#": "news:", "https://w3id.org/stringer/rel/": "rel:", "https://w3id.org/stringer/entity/": "ent:",
  "https://w3id.org/stringer/id/": "id:", "https://w3id.org/stringer/article/": "article:", "http://www.w3.org/2001/XMLSchema#": "xsd:",
  "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:", "http://www.w3.org/2000/01/rdf-schema#": "rdfs:",
};

const send = (accept) => request("/sparql", {
  method: "POST", body: $("sparql").value,
  headers: { "Content-Type": "application/sparql-query", Accept: accept },
});

async function run() {
  const started = performance.now();
  form.querySelector("[type=submit]").disabled = true;
  say("Running …");
  try {
    const response = await send("application/sparql-results+json, text/turtle;q=0.9");
    const json = response.headers.get("Content-Type").includes("json");
    const found = show(json ? await response.json() : await response.text());
    say(`${found} in ${Math.max(1, Math.round(performance.now() - started))} ms`);
  } catch (error) {
    $("results").hidden = true;
    $("download").hidden = true;
    say(error.message, true);
  } finally {
    form.querySelector("[type=submit]").disabled = false;
  }
}

function say(text, failed = false) {
  $("outcome").textContent = text;
  $("outcome").classList.toggle("error", failed);
}

function show(answer) {
  const solutions = answer.results !== undefined;
  $("results").hidden = false;
  $("download").hidden = !solutions;
  if (solutions) return showTable(answer.head.vars, answer.results.bindings);
  const text = answer.boolean === undefined ? answer : answer.boolean ? "Yes" : "No";
  $("results").replaceChildren(el("pre", {}, text));
  return answer.boolean === undefined ? "Turtle" : "Answered";
}

function showTable(names, rows) {
  const head = el("thead", {}, el("tr", {}, names.map((name) => el("th", { scope: "col" }, name))));
  const body = el("tbody", {}, rows.slice(0, 1000).map((row) => el("tr", {}, names.map((name) => el("td", {}, cell(row[name]))))));
  $("results").replaceChildren(el("table", {}, head, body));
  return `${plural(rows.length, "row")}${rows.length > 1000 ? " (the first 1,000 shown)" : ""}`;
}

function cell(term) {
  if (!term) return "";
  if (term.type !== "uri") return term.value;
  const [namespace, prefix] = Object.entries(PREFIXES).find(([namespace]) => term.value.startsWith(namespace)) ?? ["", ""];
  const short = prefix + term.value.slice(namespace.length);
  return prefix === "ent:" || (prefix === "id:" && term.value.includes("/event-")) ? el("a", { href: `/graph?entity=${encodeURIComponent(short)}` }, short) : short;
}

async function download() {
  const blob = await (await send("text/csv")).blob();
  const link = el("a", { href: URL.createObjectURL(blob), download: "results.csv" });
  link.click();
  URL.revokeObjectURL(link.href);
}

$("example").addEventListener("change", ({ target }) => { $("sparql").value = target.selectedOptions[0].dataset.query; });
form.addEventListener("submit", (event) => { event.preventDefault(); run(); });
$("sparql").addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); } });
$("download").addEventListener("click", () => download().catch((error) => say(error.message, true)));
