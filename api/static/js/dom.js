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
  const text = await response.text();
  try {
    const { title, detail } = JSON.parse(text);
    return detail || title;
  } catch {
    // A page, or a part of one, tells it in words.
    const told = new DOMParser().parseFromString(text, "text/html").querySelector("[role=alert]");
    if (told) return told.textContent;
    return `The server answered ${response.status}.`;
  }
}

export const plural = (n, word) => `${n.toLocaleString("en")} ${n === 1 ? word : word.endsWith("y") ? `${word.slice(0, -1)}ies` : `${word}s`}`;

/** "NamedEvent" -> "Named event". */
export function words(name) {
  const spaced = name.replace(/_/g, " ").replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

export const dark = () => document.documentElement.dataset.theme === "dark";

const colours = new Map();
document.addEventListener("themechange", () => colours.clear());

/** The colour of a type as the style sheet has it, for canvases; elements take it from their data-type. */
export function colour(type, kind) {
  const key = kind === "event" ? "event" : (type ?? "").toLowerCase();
  if (!colours.has(key)) {
    const style = getComputedStyle(document.documentElement);
    colours.set(key, style.getPropertyValue(`--type-${key || "other"}`).trim() || style.getPropertyValue("--type-other").trim());
  }
  return colours.get(key);
}

export const dot = (type, kind) => el("span", { class: `dot ${kind === "event" ? "event" : ""}`, "aria-hidden": "true", "data-type": type ?? "", "data-kind": kind ?? "" });

export function modalityTags({ modality, polarity }) {
  const tags = [];
  if (modality && modality !== "Asserted") tags.push(el("span", { class: `tag ${modality === "Denied" ? "denied" : modality === "Reported" ? "" : "unsure"}` }, modality.toLowerCase()));
  if (polarity === "Negative") tags.push(el("span", { class: "tag denied" }, "not"));
  return tags;
}
