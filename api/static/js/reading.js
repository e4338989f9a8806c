// A text with marks: the legend shows and hides layers, a mark shows what was read there, a statement where it stands.
import { el } from "./dom.js";

const over = el("div", { class: "card-over", role: "status", hidden: true });
document.body.append(over);
let pinned = false;

const numbers = (mark) => mark.dataset.items.split(" ");
const reading = (node) => node.closest(".reading");

/** The numbers of the items of a mark whose layers are shown. */
function shown(mark) {
  const text = mark.closest(".text");
  return numbers(mark).filter((n) => {
    const layer = item(mark, n).closest(".group").dataset.layer;
    return text.classList.contains(`show-${layer}`);
  });
}

const item = (node, n) => reading(node).querySelector(`.statements [data-item="${n}"]`);
const marks = (node, n) => reading(node).querySelectorAll(`.m[data-items~="${n}"]`);

function light(node, ids) {
  for (const lit of reading(node).querySelectorAll(".lit")) lit.classList.remove("lit");
  for (const n of ids) {
    item(node, n).classList.add("lit");
    for (const mark of marks(node, n)) mark.classList.add("lit");
  }
}

function open(mark) {
  const ids = shown(mark);
  light(mark, ids);
  over.hidden = !ids.length;
  over.replaceChildren(...ids.map((n) => {
    const copy = item(mark, n).cloneNode(true);
    copy.classList.remove("lit");
    return copy;
  }));
  const box = mark.getClientRects()[0] ?? mark.getBoundingClientRect();
  const below = box.bottom + 8 + over.offsetHeight < innerHeight || box.top < over.offsetHeight + 12;
  over.style.left = `${Math.max(12, Math.min(box.left + scrollX, document.documentElement.clientWidth - over.offsetWidth - 12))}px`;
  over.style.top = `${(below ? box.bottom + 8 : box.top - over.offsetHeight - 8) + scrollY}px`;
}

function close() {
  over.hidden = true;
  pinned = false;
  for (const lit of document.querySelectorAll(".reading .lit")) lit.classList.remove("lit");
}

function toggle(chip) {
  const on = chip.getAttribute("aria-pressed") !== "true";
  chip.setAttribute("aria-pressed", String(on));
  reading(chip).querySelector(".text").classList.toggle(`show-${chip.dataset.layer}`, on);
}

/** Light up where a statement stands, and scroll there. */
function locate(button) {
  const { item: n } = button.closest(".item").dataset;
  light(button, [n]);
  const [first] = marks(button, n);
  first?.scrollIntoView({ block: "center", behavior: "smooth" });
}

/** Move the focus to the next mark of a layer that is shown: of all marks one is a stop of the Tab key. */
function go(mark, step) {
  const all = [...mark.closest(".text").querySelectorAll(".m[data-items]")].filter((other) => other === mark || shown(other).length);
  const next = all[all.indexOf(mark) + step];
  if (!next) return;
  mark.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

document.addEventListener("pointerover", ({ target, pointerType }) => {
  if (pinned || pointerType === "touch") return;
  const mark = target.closest?.(".m[data-items]");
  if (mark) open(mark);
  else if (!over.contains(target) && !over.hidden) close();
});
document.addEventListener("click", ({ target }) => {
  const mark = target.closest(".m[data-items]");
  if (mark) { open(mark); pinned = !over.hidden; }
  else if (target.closest(".reading .chip")) toggle(target.closest(".chip"));
  else if (target.closest(".statements .show-me")) { close(); locate(target); }
  else if (!over.contains(target)) close();
});
document.addEventListener("focusin", ({ target }) => {
  const mark = target.closest?.(".m[data-items]");
  if (mark?.matches(":focus-visible")) { pinned = false; open(mark); }
});
document.addEventListener("keydown", (event) => {
  const mark = event.target.closest?.(".m[data-items]");
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") close();
  else if (mark && step) { event.preventDefault(); go(mark, step); }
  else if (mark && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); open(mark); pinned = !over.hidden; }
});
