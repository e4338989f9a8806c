// What every page has but the drawing, which brings its own: the search box leads to the page of the entity, and
// the parts that a page asks for can be stopped and asked for again.
import { el } from "./dom.js";
import { Search } from "./search.js";

new Search((id) => location.assign(`/entities/${id.replace(/^ent:/, "")}`));

const part = (node) => node.closest("[hx-get]");

function stop(place, message, failed) {
  const again = el("button", { class: "as-link", type: "button", click: () => htmx.ajax("GET", place.getAttribute("hx-get"), { source: place, target: place, swap: place.getAttribute("hx-swap") ?? "innerHTML" }) }, "Try again");
  place.replaceChildren(el("p", failed ? { class: "error", role: "alert" } : { class: "loading", role: "status" }, message, " ", again));
}

document.addEventListener("click", ({ target }) => {
  if (!target.matches("[data-cancel]")) return;
  const place = part(target);
  htmx.trigger(place, "htmx:abort");
  stop(place, "Cancelled.", false);
});
document.addEventListener("htmx:sendError", ({ target }) => {
  if (target.querySelector("[data-cancel]")) stop(target, "The server does not answer. Is it still running?", true);
});
