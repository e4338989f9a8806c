// What is drawn, as a file: a picture, or a network for Gephi, Cytoscape and networkx.
import { el } from "./dom.js";

const escaped = (text) => String(text ?? "").replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "").replace(/[&<>"]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[letter]);

/** The drawing as a file of this format, in memory. */
export async function fileOf(drawing, format) {
  if (format === "png") return new Promise((done) => { drawing.toCanvas().toBlob(done, "image/png"); });
  return new Blob([WRITERS[format](drawing.toShapes())], { type: TYPES[format] });
}

export async function download(drawing, format) {
  const link = el("a", { href: URL.createObjectURL(await fileOf(drawing, format)), download: `graph.${format}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const TYPES = { svg: "image/svg+xml", gexf: "application/gexf+xml", graphml: "application/graphml+xml" };

function toSvg({ width, height, nodes, lines, ground, ink }) {
  const edges = lines.map(({ source, target, width: thick, asserted, label }) => `<line x1="${source.x.toFixed(1)}" y1="${source.y.toFixed(1)}" x2="${target.x.toFixed(1)}" y2="${target.y.toFixed(1)}" stroke="#9aa7ba" stroke-width="${thick.toFixed(1)}"${asserted ? "" : ' stroke-dasharray="4 3"'}><title>${escaped(label)}</title></line>`);
  const discs = nodes.map(({ x, y, size, colour, label }) => `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${size.toFixed(1)}" fill="${escaped(colour)}"><title>${escaped(label)}</title></circle>`);
  const names = nodes.length > 400 ? [] : nodes.map(({ x, y, size, label }) => `<text x="${x.toFixed(1)}" y="${(y + size + 12).toFixed(1)}">${escaped(label)}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="Inter, sans-serif" font-size="11" text-anchor="middle" fill="${escaped(ink)}"><rect width="${width}" height="${height}" fill="${escaped(ground)}"/>${edges.join("")}${discs.join("")}${names.join("")}</svg>`;
}

const nodeValues = ({ data }) => ({ label: data.label, type: data.category, kind: data.kind, pagerank: data.pagerank, betweenness: data.betweenness, degree: data.degree, core: data.core, community: data.community });
const edgeValues = ({ data }) => ({ label: data.label, articles: data.articles.size, confidence: Math.max(0, ...data.edges.map((edge) => edge.confidence)), asserted: data.asserted });
const kindOf = (value) => (typeof value === "boolean" ? "boolean" : typeof value === "number" ? "double" : "string");
const known = (values) => Object.entries(values).filter(([, value]) => value !== undefined);

function toGraphml({ nodes, lines }) {
  const keys = [["node", nodes[0] && nodeValues(nodes[0])], ["edge", lines[0] && edgeValues(lines[0])]].flatMap(([place, values]) => known(values ?? {}).map(([name, value]) => `<key id="${place}-${name}" for="${place}" attr.name="${name}" attr.type="${kindOf(value)}"/>`));
  const data = (place, values) => known(values).map(([name, value]) => `<data key="${place}-${name}">${escaped(value)}</data>`).join("");
  return `<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">${keys.join("")}<graph edgedefault="directed">${
    nodes.map((node) => `<node id="${escaped(node.id)}">${data("node", nodeValues(node))}</node>`).join("")}${
    lines.map((line) => `<edge source="${escaped(line.source.id)}" target="${escaped(line.target.id)}">${data("edge", edgeValues(line))}</edge>`).join("")}</graph></graphml>\n`;
}

function toGexf({ nodes, lines }) {
  const declared = (place, values) => `<attributes class="${place}">${known(values ?? {}).map(([name, value]) => `<attribute id="${place}-${name}" title="${name}" type="${kindOf(value)}"/>`).join("")}</attributes>`;
  const data = (place, values) => `<attvalues>${known(values).map(([name, value]) => `<attvalue for="${place}-${name}" value="${escaped(value)}"/>`).join("")}</attvalues>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://www.gexf.net/1.2draft" xmlns:viz="http://www.gexf.net/1.2draft/viz" version="1.2"><graph defaultedgetype="directed">${
    declared("node", nodes[0] && nodeValues(nodes[0]))}${declared("edge", lines[0] && edgeValues(lines[0]))}<nodes>${
    nodes.map((node) => `<node id="${escaped(node.id)}" label="${escaped(node.label)}">${data("node", nodeValues(node))}<viz:position x="${node.x.toFixed(2)}" y="${(-node.y).toFixed(2)}"/></node>`).join("")}</nodes><edges>${
    lines.map((line, i) => `<edge id="${i}" source="${escaped(line.source.id)}" target="${escaped(line.target.id)}" label="${escaped(line.label)}">${data("edge", edgeValues(line))}</edge>`).join("")}</edges></graph></gexf>\n`;
}

const WRITERS = { svg: toSvg, graphml: toGraphml, gexf: toGexf };
