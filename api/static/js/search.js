// The search box: a combobox that suggests entities while one types.
import { dot, el, json, plural, words } from "./dom.js";

export class Search {
  constructor(onChoose) {
    this.input = document.getElementById("search");
    this.list = document.getElementById("suggestions");
    this.onChoose = onChoose;
    this.found = [];
    this.active = -1;
    this.input.addEventListener("input", () => this.#later());
    this.input.addEventListener("focus", () => { if (this.input.value.trim()) this.#ask(); });
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    document.getElementById("search-form").addEventListener("submit", (event) => { event.preventDefault(); this.#choose(Math.max(this.active, 0)); });
    document.addEventListener("keydown", (event) => {
      const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName);
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); this.input.focus(); this.input.select(); }
    });
  }

  #later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#ask(), 120);
  }

  async #ask() {
    const text = this.input.value.trim();
    this.abort?.abort();
    if (!text) return this.close();
    this.abort = new AbortController();
    try {
      const { entities } = await json(`/v1/entities?limit=8&q=${encodeURIComponent(text)}`, { signal: this.abort.signal });
      this.#suggest(entities, `Nothing is called “${text}”.`);
    } catch (error) {
      if (error.name !== "AbortError") this.#suggest([], error.message);
    }
  }

  #suggest(entities, otherwise) {
    this.found = entities;
    this.list.replaceChildren(...entities.map((entity, index) => this.#item(entity, index)));
    if (!entities.length) this.list.append(el("li", { class: "none", role: "option", "aria-disabled": "true" }, otherwise));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.#activate(entities.length ? 0 : -1);
  }

  #item(entity, index) {
    return el("li", { role: "option", id: `suggestion-${index}`, "data-id": entity.id, mousedown: (event) => { event.preventDefault(); this.#choose(index); } },
      dot(entity.type), el("span", { class: "name" }, entity.label), el("span", { class: "kind" }, `${words(entity.type)} · ${plural(entity.statements, "statement")}`));
  }

  #activate(index) {
    this.active = index;
    [...this.list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === index)));
    if (index >= 0) {
      this.input.setAttribute("aria-activedescendant", `suggestion-${index}`);
      this.list.children[index].scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    const n = this.found.length;
    if (event.key === "ArrowDown" && n) { event.preventDefault(); this.#activate((this.active + 1) % n); }
    else if (event.key === "ArrowUp" && n) { event.preventDefault(); this.#activate((this.active - 1 + n) % n); }
    else if (event.key === "Escape") this.close();
  }

  async #choose(index) {
    if (this.list.hidden || !this.found[index]) { clearTimeout(this.timer); await this.#ask(); }
    const entity = this.found[index];
    if (!entity || !this.input.value.trim()) return;
    this.input.value = entity.label;
    this.close();
    this.input.blur();
    this.onChoose(entity.id);
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
