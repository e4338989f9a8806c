// An article that is pasted or dropped: read it stage by stage, show what was read, and add it for those who may.
import { el, request } from "./dom.js";
import { explain, post } from "./token.js";

const $ = (id) => document.getElementById(id);
const box = $("reader");
let running = null;

const article = () => ({
  text: $("article-text").value, title: $("article-title").value || null,
  source: $("article-source").value || null, date: $("article-date").value || null,
});

const say = (message, failed = false) => {
  $("reader-said").textContent = message;
  $("reader-said").classList.toggle("error", failed);
};

/** Do a long piece of work with a clock, a cancel button, and its failure in words. */
async function work(again, start) {
  running?.abort();
  const mine = running = new AbortController();
  const begun = performance.now();
  const clock = setInterval(() => { $("reader-clock").textContent = `${Math.round((performance.now() - begun) / 1000)} s`; }, 1000);
  $("reader-progress").removeAttribute("value");
  for (const id of ["reader-cancel", "reader-progress", "reader-clock"]) $(id).hidden = false;
  try {
    await start(mine.signal, () => ((performance.now() - begun) / 1000).toFixed(1));
  } catch (error) {
    const cancelled = error.name === "AbortError";
    say(cancelled ? "Cancelled." : error.message, !cancelled);
    if (!cancelled && /token|scope/.test(error.message)) explain(box, error, again);
  } finally {
    clearInterval(clock);
    $("reader-clock").textContent = "";
    if (running === mine) for (const id of ["reader-cancel", "reader-progress", "reader-clock"]) $(id).hidden = true;
  }
}

/** The lines of a response as they come, each read as JSON. */
async function* lines(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    yield* parts.map((line) => JSON.parse(line));
  }
}

function showStage({ stage, number, of }) {
  $("reader-progress").value = (number - 1) / of;
  say(`${stage} …`);
  $("reader-stages").replaceChildren(...[...$("reader-stages").children].filter((item) => Number(item.value) < number), el("li", { value: number }, stage));
}

const read = () => work(read, async (signal, seconds) => {
  $("reading-result").replaceChildren();
  $("reader-stages").replaceChildren();
  $("reader-add").hidden = true;
  const response = await request("/read", { method: "POST", body: JSON.stringify(article()), headers: { "Content-Type": "application/json", "HX-Request": "true" }, signal });
  for await (const told of lines(response)) {
    if (told.detail) throw new Error(told.detail);
    if (told.stage) showStage(told);
    if (told.part) {
      const page = new DOMParser().parseFromString(told.part, "text/html");
      $("reading-result").replaceChildren(...page.body.childNodes);
    }
  }
  const found = document.querySelectorAll("#reading-result .item").length;
  say(`Read in ${seconds()} s: ${found} things found. Nothing is stored yet.`);
  $("reader-add").hidden = false;
});

const add = () => work(add, async (signal) => {
  say("Adding it to the graph …");
  const { id } = await (await post("/v1/articles", article(), { signal })).json();
  location.assign(`/articles/${id.replace(/^article:/, "")}`);
});

async function open(file) {
  box.open = true;
  box.scrollIntoView({ block: "start", behavior: "smooth" });
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
