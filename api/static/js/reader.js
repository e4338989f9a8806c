// An article that is pasted or dropped: read it, show what was read, and add it to the graph for those who may.
import { request } from "./dom.js";
import { explain, post } from "./token.js";

const $ = (id) => document.getElementById(id);
const box = $("reader");
let running = null;

const article = () => ({
  text: $("article-text").value, title: $("article-title").value || null,
  source: $("article-source").value || null, date: $("article-date").value || null,
});

/** Do a long piece of work with a clock, a cancel button, and its failure in words. */
async function work(doing, start, done) {
  running?.abort();
  const mine = running = new AbortController();
  const begun = performance.now();
  const seconds = () => Math.round((performance.now() - begun) / 1000);
  const tick = () => { $("reader-said").textContent = `${doing} … ${seconds()} s${seconds() > 2 ? "; the first article waits for the language model" : ""}`; };
  const clock = setInterval(tick, 1000);
  tick();
  for (const id of ["reader-cancel", "reader-progress"]) $(id).hidden = false;
  $("reader-said").classList.remove("error");
  try {
    await done(await start(mine.signal), ((performance.now() - begun) / 1000).toFixed(1));
  } catch (error) {
    const cancelled = error.name === "AbortError";
    $("reader-said").textContent = cancelled ? "Cancelled." : error.message;
    $("reader-said").classList.toggle("error", !cancelled);
    if (/token|scope/.test(error.message)) explain(box, error);
  } finally {
    clearInterval(clock);
    if (running === mine) for (const id of ["reader-cancel", "reader-progress"]) $(id).hidden = true;
  }
}

const read = () => work("Reading",
  (signal) => request("/read", { method: "POST", body: JSON.stringify(article()), headers: { "Content-Type": "application/json", "HX-Request": "true" }, signal }),
  async (response, seconds) => {
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = page.querySelectorAll(".item").length;
    $("reading-result").replaceChildren(...page.body.childNodes);
    $("reader-said").textContent = `Read in ${seconds} s: ${found} things found. Nothing is stored yet.`;
    $("reader-add").hidden = false;
  });

const add = () => work("Adding",
  (signal) => post("/v1/articles", article(), { signal }),
  async (response) => {
    const { id } = await response.json();
    location.assign(`/articles/${id.replace(/^article:/, "")}`);
  });

async function open(file) {
  box.open = true;
  $("article-text").value = await file.text();
  $("article-title").value ||= file.name.replace(/\.\w+$/, "").replace(/[-_]+/g, " ");
  read();
}

$("reader-form").addEventListener("submit", (event) => { event.preventDefault(); read(); });
$("reader-cancel").addEventListener("click", () => running?.abort());
$("reader-add").addEventListener("click", add);
$("article-file").addEventListener("change", ({ target }) => { if (target.files[0]) open(target.files[0]); });
document.addEventListener("dragover", (event) => { event.preventDefault(); box.classList.add("drop"); });
document.addEventListener("dragleave", () => box.classList.remove("drop"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  box.classList.remove("drop");
  const [file] = event.dataTransfer.files;
  if (file) open(file);
});
