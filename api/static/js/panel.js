// The panel beside the drawing: the graph at a glance, one entity, or one edge with its receipts.
import { dot, el, json, modalityTags, plural, words } from "./dom.js";

const panel = document.getElementById("panel");
let latest = 0;

/** Fetch, then show, unless the reader has asked for something else meanwhile. */
async function shown(work, render) {
  const turn = ++latest;
  const data = await work;
  if (turn === latest) show(...render(data));
  return turn === latest;
}

function show(...children) {
  panel.replaceChildren(...children.flat().filter(Boolean));
  panel.closest(".panel").scrollTop = 0;
}
const percent = (confidence) => `${Math.round(confidence * 100)} %`;

export function showError(message) { latest += 1; show(el("p", { class: "error", role: "alert" }, message)); }

/** What the graph holds, before anything is chosen. */
export const showOverview = (actions) => shown(json("/v1/summary"), (summary) => overview(summary, actions));

function overview(summary, { onNode }) {
  const figures = [["Articles", summary.articles], ["Entities", summary.entities], ["Relations", summary.relations],
    ["Events", summary.events], ["Claims", summary.claims], ["Open facts", summary.facts]];
  return [
    el("h2", {}, "The graph at a glance"),
    el("dl", { class: "figures" }, figures.map(([name, n]) => el("div", {}, el("dt", {}, name), el("dd", {}, n.toLocaleString("en"))))),
    el("h3", {}, "Most written about"),
    summary.top.length
      ? el("ol", { class: "rows" }, summary.top.map((entity) => el("li", {}, el("button", { class: "row", type: "button", click: () => onNode(entity.id) },
        el("span", { class: "more" }, plural(entity.statements, "statement")), dot(entity.type), el("b", {}, entity.label)))))
      : el("p", { class: "empty" }, "The store is empty. Build a graph with kg build and start the server again."),
  ];
}

const LAYERS = [["relations", "Relations"], ["events", "Events"], ["claims", "Claims"], ["facts", "Open facts"]];

/** One entity or event: what is said of it, by layer. */
export const showNode = (id, actions) => shown(json(`/v1/entities/${encodeURIComponent(id)}`), (node) => nodePage(node, actions));

function nodePage(node, { onEdge, onHome, onNode, tools }) {
  const layers = LAYERS.map(([layer, title]) => [title, node.statements.filter((statement) => statement.layer === layer)]);
  return [
    el("button", { class: "back", type: "button", click: onHome }, "← Whole graph"),
    el("p", { class: "kicker" }, dot(node.type, node.kind), words(node.type)),
    el("h2", {}, node.label),
    node.aliases.length > 0 && el("p", { class: "aliases" }, `Also called ${node.aliases.slice(0, 5).join(", ")}`),
    tools(node.id),
    el("div", { class: "actions" },
      el("a", { class: "button quiet", href: `/entities/${encodeURIComponent(node.id.replace(/^ent:/, ""))}` }, "Its page"),
      node.wikidata && el("a", { class: "button quiet", href: node.wikidata, rel: "noreferrer" }, "Wikidata"),
      node.kind === "entity" && queryLink("entity-facts", { entity: node.label })),
    layers.filter(([, statements]) => statements.length).map(([title, statements]) => [
      el("h3", {}, title), el("ol", { class: "rows" }, statements.map((statement) => el("li", {}, statementRow(statement, node.id, onEdge))))]).flat(),
    !node.statements.length && el("p", { class: "empty" }, "Nothing is stated about it beyond its being mentioned."),
    node.kind === "entity" && similarList(node.id, onNode),
    node.mentions.length > 0 && el("h3", {}, "Mentioned in"),
    node.mentions.slice(0, 12).map((mention) => el("div", { class: "receipt" }, sentence(mention), articleLines(mention.article))),
  ];
}

/** Entities with the same relations to the same things, fetched when the list is opened. */
function similarList(id, onNode) {
  const list = el("ol", { class: "rows" });
  const fill = async () => {
    const { similar } = await json(`/v1/similar?entity=${encodeURIComponent(id)}`);
    list.replaceChildren(...similar.map((entity) => el("li", {}, el("button", { class: "row", type: "button", click: () => onNode(entity.id) },
      el("span", { class: "more" }, percent(entity.score)), dot(entity.type, "entity"), el("b", {}, entity.label)))));
    if (!similar.length) list.replaceChildren(el("li", { class: "empty" }, "Nothing has relations in common with it."));
  };
  return el("details", { class: "similar", toggle: (event) => { if (event.target.open && !list.children.length) fill().catch((error) => list.replaceChildren(el("li", { class: "error", role: "alert" }, error.message))); } },
    el("summary", {}, "Similar entities"), list);
}

function statementRow(statement, self, onEdge) {
  const { subject, predicate, object, receipts } = statement;
  const forward = subject.id === self;
  const parts = forward
    ? [el("span", { class: "pred" }, `${predicate.label} `), term(object)]
    : [term(subject), el("span", { class: "pred" }, ` ${predicate.label} `), el("span", { class: "pred" }, object.label)];
  return el("button", { class: "row", type: "button", "data-predicate": predicate.id, click: () => onEdge(statement) },
    receipts.length > 1 && el("span", { class: "more", title: plural(receipts.length, "receipt") }, `× ${receipts.length}`), parts, modalityTags(statement));
}

const term = (node) => el("span", {}, node.kind === "entity" || node.kind === "event" ? dot(node.type, node.kind) : "", el("b", {}, node.label));

/** The statements between two nodes, each with the sentences that it was read from. */
export async function showEdge(statements, actions) {
  if (await shown(Promise.all(statements.map(receiptsOf)), (answers) => edgePage(answers, actions))) panel.focus({ preventScroll: true });
}

const queryLink = (example, values) => el("a", { class: "button quiet", href: `/query?${new URLSearchParams({ example, ...values })}` }, "Show me the query");

const edgePage = (answers, { onNode, onBack }) => [
  el("button", { class: "back", type: "button", click: onBack }, "← Back"),
  answers.map((answer) => [
    el("p", { class: "triple" }, link(answer.subject, onNode), " ", el("span", { class: "pred" }, answer.predicate.label), " ", link(answer.object, onNode)),
    answer.receipts.map(receiptCard),
    el("div", { class: "actions" }, queryLink("receipts-of-statement", { subject: answer.subject.label, predicate: answer.predicate.iri, object: answer.object.label }))]).flat(2),
];

function receiptsOf({ subject, predicate, object }) {
  const query = new URLSearchParams({ subject: subject.id, predicate: predicate.id, object: object.id ?? object.label });
  return json(`/v1/statements/receipts?${query}`);
}

function link(node, onNode) {
  const drawn = node.kind === "entity" || node.kind === "event";
  return drawn ? el("button", { type: "button", click: () => onNode(node.id) }, node.label) : el("strong", {}, node.label);
}

function receiptCard(receipt) {
  const rows = [
    ["Status", el("span", {}, words(receipt.modality), ...modalityTags({ polarity: receipt.polarity }))],
    ["Said by", receipt.speaker?.label],
    ["Confidence", confidence(receipt.confidence)],
    ["Found by", receipt.component],
    ...Object.entries(receipt.qualifiers).map(([name, value]) => [words(name), value]),
  ];
  return el("article", { class: "receipt" }, sentence(receipt), articleLines(receipt.article),
    el("dl", {}, rows.filter(([, value]) => value).map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]).flat()));
}

function confidence(value) {
  const bar = el("i");
  bar.style.width = percent(value).replace(" ", "");
  return el("span", {}, el("span", { class: "meter", "aria-hidden": "true" }, bar), percent(value));
}

/** The sentence with the evidence marked; marks count Unicode code points, as the server does. */
function sentence({ sentence: text, marks }) {
  const letters = [...text];
  const quote = el("blockquote");
  let at = 0;
  for (const { start, end } of marks) {
    quote.append(letters.slice(at, start).join(""), el("mark", {}, letters.slice(start, end).join("")));
    at = end;
  }
  quote.append(letters.slice(at).join(""));
  return quote;
}

function articleLines({ title, date, source }) {
  return [el("p", { class: "article" }, title || "Untitled article"),
    el("p", { class: "source" }, [source, date && new Date(`${date}T00:00:00Z`).toLocaleDateString("en", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" })].filter(Boolean).join(" · "))];
}
