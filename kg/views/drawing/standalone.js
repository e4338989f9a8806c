// A file of its own: the whole network, or its communities where it is large, and what one node or edge says.
const data = JSON.parse(document.getElementById("data").textContent);
const network = new Network(data);
const state = readState("");
const $ = (id) => document.getElementById(id);

function text(...lines) { $("panel").textContent = lines.filter(Boolean).join("\n"); }

function openNode(id) {
  if (id.startsWith("community:")) { state.view = id; return render(); }
  const node = network.byId.get(id);
  state.entity = id;
  state.view = "around";
  state.expand.set(id, STEP);
  text(node.label, `${node.type}, ${node.degree} neighbours`, `PageRank ${node.pagerank.toPrecision(3)}`);
  return render();
}

const drawing = new Drawing($("graph"), {
  onNode: openNode,
  onEdge: (key) => {
    const line = shown.lines.find((one) => one.key === key);
    text(...line.edges.map((edge) => `${edge.source.label} – ${edge.predicate.label} – ${edge.target.label} (${edge.articles.length} articles, confidence ${edge.confidence})`));
  },
});
let shown = { nodes: [], lines: [], path: [] };

function render() {
  const overview = network.viewOf(state) === "overview";
  shown = overview ? network.overview(state) : network.shown(state);
  drawing.show(shown, { colour: $("colour").value, figure: $("size").value, entity: state.entity });
  $("status").textContent = `${shown.nodes.length} ${overview ? "communities" : "nodes"}, ${shown.lines.length} edges`;
}

function reset(view) { Object.assign(state, { view, entity: "" }); state.expand.clear(); text(); render(); }

$("names").append(...network.nodes.slice(0, WHOLE).map((node) => Object.assign(document.createElement("option"), { value: node.label })));
$("search").addEventListener("change", () => { const node = network.nodes.find((one) => one.label === $("search").value); if (node) openNode(node.id); });
$("whole").addEventListener("click", () => reset("all"));
$("communities").addEventListener("click", () => reset("overview"));
for (const id of ["colour", "size"]) $(id).addEventListener("change", render);
window.stringer = drawing;
render();
