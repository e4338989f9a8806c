// Writing from a page: sends a token that the reader gave, kept for as long as the tab is open.
import { request } from "./dom.js";

const KEY = "token";
const kept = () => { try { return sessionStorage.getItem(KEY) ?? ""; } catch { return ""; } };

/** POST JSON with the token, if there is one. */
export function post(path, data, options = {}) {
  const headers = { "Content-Type": "application/json", ...(kept() && { Authorization: `Bearer ${kept()}` }) };
  return request(path, { method: "POST", body: JSON.stringify(data), headers, ...options });
}

/** Say beside a token box why something was refused, and open the box. */
export function explain(box, error) {
  box.querySelector(".token-box")?.setAttribute("open", "");
  box.querySelector(".token-said").textContent = error.message;
}

document.addEventListener("change", ({ target }) => {
  if (target.matches(".token")) try { sessionStorage.setItem(KEY, target.value.trim()); } catch { /* private mode */ }
});

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-post]");
  if (!button) return;
  const { post: path, one, other } = button.dataset;
  const box = button.closest("#merges");
  button.disabled = true;
  try {
    const told = await (await post(path, { one, other })).json();
    location.assign(`/entities/${encodeURIComponent(told.one.replace(/^ent:/, ""))}`);
  } catch (error) {
    explain(box, error);
    button.disabled = false;
  }
});
