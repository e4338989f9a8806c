// Small shared parts: elements, requests, words for types and predicates.

/** Make an element: el("p", {class: "x"}, "text", child). Functions become event listeners. */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(key, value);
    else if (value !== false && value != null) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child != null && child !== false));
  return node;
}

/** GET or POST JSON from this host; a failure carries the server's own words. */
export async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The server does not answer. Is it still running?");
  }
  if (!response.ok) throw new Error(await problem(response));
  return response;
}

export const json = async (path, options) => (await request(path, options)).json();

async function problem(response) {
  try {
    const { title, detail } = await response.json();
    return detail || title;
  } catch {
    return `The server answered ${response.status}.`;
  }
}

export const plural = (n, word) => `${n.toLocaleString("en")} ${n === 1 ? word : word.endsWith("y") ? `${word.slice(0, -1)}ies` : `${word}s`}`;

/** "NamedEvent" -> "Named event". */
export function words(name) {
  const spaced = name.replace(/_/g, " ").replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

const PALETTE = {
  Person: ["#e2603b", "#ff8a66"], Company: ["#3b6cf0", "#7d9fff"], Organization: ["#0f9aa0", "#45c8cd"],
  Government: ["#6f58d6", "#a695ff"], Place: ["#3f9b57", "#6fcf88"], Product: ["#c2479f", "#ee85cd"],
  Work: ["#a8741a", "#e0b056"], NamedEvent: ["#0f7fbf", "#5cbdf2"], Concept: ["#66758c", "#9fb0c9"],
  Group: ["#c28a1e", "#efc25e"],
};
const EVENT = ["#d23c62", "#ff7d9b"];
const OTHER = ["#8793a6", "#8895ab"];

export const dark = () => document.documentElement.dataset.theme === "dark";

export function colour(type, kind) {
  const pair = kind === "event" ? EVENT : PALETTE[type] ?? OTHER;
  return pair[dark() ? 1 : 0];
}

export function dot(type, kind) {
  const node = el("span", { class: `dot ${kind === "event" ? "event" : ""}`, "aria-hidden": "true" });
  node.style.background = colour(type, kind);
  node.dataset.type = type ?? "";
  node.dataset.kind = kind ?? "";
  return node;
}

export function recolour() {
  for (const node of document.querySelectorAll(".dot")) node.style.background = colour(node.dataset.type, node.dataset.kind);
}

export function modalityTags({ modality, polarity }) {
  const tags = [];
  if (modality && modality !== "Asserted") tags.push(el("span", { class: `tag ${modality === "Denied" ? "denied" : modality === "Reported" ? "" : "unsure"}` }, modality.toLowerCase()));
  if (polarity === "Negative") tags.push(el("span", { class: "tag denied" }, "not"));
  return tags;
}
