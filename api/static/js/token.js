// Writing from a page: what a service refuses for want of a token is done again once one has been given.
import { request } from "./dom.js";

/** POST JSON; the cookie of whoever is signed in goes with it. */
export const post = (path, data, options = {}) => request(path, { method: "POST", body: JSON.stringify(data), headers: { "Content-Type": "application/json" }, ...options });

let again = null;

/** Say why something was refused, and ask for a token, with which `work` is done again. */
export function explain(box, error, work) {
  again = work;
  box.querySelector(".token-box")?.removeAttribute("hidden");
  box.querySelector(".token-said").textContent = error.message;
  box.querySelector(".token")?.focus();
}

async function signIn(box) {
  const said = box.parentElement.querySelector(".token-said");
  try {
    await request("/sign-in", { method: "POST", headers: { "HX-Request": "true" }, body: new URLSearchParams({ token: box.querySelector(".token").value }) });
    box.remove();
    said.textContent = "";
    again?.();
  } catch (error) {
    said.textContent = error.message;
  }
}

async function decide(button) {
  const { post: path, one, other } = button.dataset;
  button.disabled = true;
  try {
    const told = await (await post(path, { one, other })).json();
    location.assign(`/entities/${encodeURIComponent(told.one.replace(/^ent:/, ""))}`);
  } catch (error) {
    explain(button.closest("#merges"), error, () => decide(button));
    button.disabled = false;
  }
}

document.addEventListener("click", ({ target }) => {
  const [button, giving] = [target.closest("[data-post]"), target.closest("[data-sign-in]")];
  if (button) decide(button);
  if (giving) signIn(giving.closest(".token-box"));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.(".token")) return;
  event.preventDefault();
  signIn(event.target.closest(".token-box"));
});
