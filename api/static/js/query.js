// The SPARQL page: the editor of YASGUI with completion from the graph, and results in the ways that fit them.
import { el, json, plural, request } from "./dom.js";
import { Words, ways } from "./results.js";

const $ = (id) => document.getElementById(id);
const form = $("query-form");
const prefixes = Object.fromEntries([...$("prefixes").querySelectorAll("dt")].map((dt) => [dt.textContent.slice(0, -1), dt.nextElementSibling.textContent]));
const words = new Words(prefixes);
let editor = null;
let running = null;
let terms = null;

const text = () => (editor ? editor.getValue() : $("sparql").value);
const write = (query) => (editor ? editor.setValue(query) : ($("sparql").value = query));

/** Classes where a class is due, else properties; what begins so before what has it inside. */
async function suggest(yasqe, token) {
  terms ??= json("/query/terms").catch(() => []);
  const typed = token.string.toLowerCase();
  const { lastProperty } = yasqe.getPreviousNonWsToken(yasqe.getDoc().getCursor().line, token).state;
  const kind = /^(a|rdf:type)$/.test(lastProperty) ? "class" : "property";
  const graded = (await terms).filter((term) => term.kind === kind).map((term) => {
    const id = term.id.toLowerCase();
    return [id.startsWith(typed) ? 0 : id.includes(typed) || term.label.includes(typed) ? 1 : 2, term.id];
  });
  return graded.filter(([grade]) => grade < 2).sort((a, b) => a[0] - b[0]).slice(0, 40).map(([, id]) => id);
}

function startEditor() {
  const { Yasqe } = Yasgui;
  Yasqe.registerAutocompleter({
    name: "terms", bulk: false, autoShow: true, persistenceId: null, get: suggest,
    isValidCompletionPosition: (yasqe) => {
      const { string, type } = yasqe.getCompleteToken();
      return string.trim().length > 1 && !/^[?$"'<#]/.test(string) && type !== "comment" && type !== "keyword";
    },
  }, false);
  editor = new Yasqe($("editor"), {
    value: $("sparql").value, persistenceId: null, showQueryButton: false, createShareableLink: undefined, consumeShareLink: undefined,
    autofocus: false, autocompleters: ["variables", "terms"], editorHeight: "300px", collapsePrefixesOnLoad: false,
    extraKeys: { ...Yasqe.defaults.extraKeys, "Ctrl-Enter": run, "Cmd-Enter": run },
  });
  // The endpoint knows these prefixes; without this the editor would call them undefined.
  const mode = editor.getMode();
  const start = mode.startState;
  mode.startState = () => Object.assign(start(), { prefixes: { ...prefixes } });
  editor.setValue(editor.getValue());
  editor.getInputField().setAttribute("aria-label", "Query");
  editor.getScrollerElement().tabIndex = 0;
  $("sparql").hidden = true;
}

const send = (accept, options = {}) => request("/sparql", {
  method: "POST", body: text(), headers: { "Content-Type": "application/sparql-query", Accept: accept }, ...options,
});

async function run() {
  running?.abort();
  const mine = running = new AbortController();
  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(1);
  const clock = setInterval(() => say(`Running … ${seconds()} s`), 500);
  $("cancel").hidden = false;
  say("Running …");
  try {
    const response = await send("application/sparql-results+json, application/n-triples;q=0.9", { signal: mine.signal });
    const answer = response.headers.get("Content-Type").includes("json") ? await response.json() : await response.text();
    say(`${show(answer)} in ${Math.max(1, Math.round(performance.now() - started))} ms`);
    history.replaceState({}, "", link());
  } catch (error) {
    $("answer").hidden = true;
    offer(false);
    say(error.name === "AbortError" ? `Cancelled after ${seconds()} s.` : error.message, error.name !== "AbortError");
  } finally {
    clearInterval(clock);
    if (running === mine) { running = null; $("cancel").hidden = true; }
  }
}

const link = () => `${location.origin}/query?${new URLSearchParams({ query: text() })}`;

function say(message, failed = false) {
  $("outcome").textContent = message;
  $("outcome").classList.toggle("error", failed);
}

const offer = (solutions) => { $("csv").hidden = $("json").hidden = !solutions; };

function show(answer) {
  $("answer").hidden = false;
  offer(answer.results !== undefined);
  if (answer.boolean !== undefined) { choose([["Answer", () => el("pre", {}, answer.boolean ? "Yes" : "No")]], answer); return "Answered"; }
  if (answer.results === undefined) return showTriples(answer);
  const result = { names: answer.head.vars, rows: answer.results.bindings };
  choose(ways(result), result);
  return plural(result.rows.length, "row");
}

/** N-Triples as text and, read line by line, as rows that can be drawn. */
function showTriples(lines) {
  const rows = lines.split("\n").map((line) => line.match(/^<([^>]*)> <([^>]*)> (?:<([^>]*)>|"((?:[^"\\]|\\.)*)")/)).filter(Boolean)
    .map(([, s, p, o, literal]) => ({ s: { type: "uri", value: s }, p: { type: "uri", value: p }, o: o ? { type: "uri", value: o } : { type: "literal", value: literal } }));
  const result = { names: ["s", "p", "o"], rows };
  choose([...ways(result), ["N-Triples", () => el("pre", {}, lines)]], result);
  return plural(rows.length, "triple");
}

function choose(found, result, chosen = found[0][0]) {
  $("ways").replaceChildren(...found.map(([name]) => el("button", {
    class: "chip", type: "button", "aria-pressed": String(name === chosen), click: () => choose(found, result, name),
  }, name)));
  $("ways").hidden = found.length < 2;
  $("results").replaceChildren(found.find(([name]) => name === chosen)[1](result, words));
}

async function download(accept, name) {
  const blob = await (await send(accept)).blob();
  const anchor = el("a", { href: URL.createObjectURL(blob), download: name });
  anchor.click();
  URL.revokeObjectURL(anchor.href);
}

const saved = (accept, name) => () => download(accept, name).catch((error) => say(error.message, true));

$("example").addEventListener("change", ({ target }) => {
  const { query, about } = target.selectedOptions[0].dataset;
  $("about").textContent = about ?? "";
  if (query) { write(query); run(); }
});
form.addEventListener("submit", (event) => { event.preventDefault(); run(); });
$("sparql").addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); } });
$("cancel").addEventListener("click", () => running?.abort());
$("csv").addEventListener("click", saved("text/csv", "results.csv"));
$("json").addEventListener("click", saved("application/sparql-results+json", "results.json"));
$("link").addEventListener("click", async () => {
  history.replaceState({}, "", link());
  try { await navigator.clipboard.writeText(link()); say("The link to this query is copied."); } catch { say("The address of this page is the link to this query."); }
});
startEditor();
if (/[?&](query|example)=/.test(location.search)) run();
