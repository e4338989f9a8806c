// The drawing: graphology holds the graph, sigma draws it. Knows nothing of panels or requests.
import { colour, dark } from "./dom.js";

const reduced = matchMedia("(prefers-reduced-motion: reduce)");
const FONT = '"Inter", system-ui, sans-serif';
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A diamond: the circle's program with the distance measured along the axes. */
function diamondProgram() {
  const { NodeCircleProgram } = Sigma.rendering;
  return class extends NodeCircleProgram {
    getDefinition() {
      return {
        ...super.getDefinition(),
        FRAGMENT_SHADER_SOURCE: `
          precision highp float;
          varying vec4 v_color;
          varying vec2 v_diffVector;
          varying float v_radius;
          uniform float u_correctionRatio;
          void main(void) {
            float soft = u_correctionRatio * 2.0;
            float inside = v_radius - abs(v_diffVector.x) - abs(v_diffVector.y);
            #ifdef PICKING_MODE
            gl_FragColor = inside < 0.0 ? vec4(0.0) : v_color;
            #else
            gl_FragColor = mix(vec4(0.0), v_color, clamp(inside / soft, 0.0, 1.0));
            #endif
          }`,
      };
    }
  };
}

function discProgram() {
  return Sigma.rendering.createNodeBorderProgram({
    borders: [{ size: { value: 0.14 }, color: { attribute: "ring" } }, { size: { fill: true }, color: { attribute: "color" } }],
  });
}

const shorten = (text, length) => (text.length > length ? `${text.slice(0, length - 1).trimEnd()}…` : text);

/** Write the names that find room, the most important first; sigma's own grid lets them overlap. */
function writeNames(context, nodes, { labelSize, width }) {
  const taken = nodes.map(({ x, y, size }) => [x - size, y - size, x + size, y + size]);
  context.textAlign = "center";
  context.lineJoin = "round";
  for (const [index, node] of nodes.entries()) {
    if (!node.name) continue;
    const size = labelSize + (node.strong ? 1.5 : 0);
    context.font = `${node.strong ? 650 : 500} ${size}px ${FONT}`;
    const text = shorten(node.name, 30);
    const half = context.measureText(text).width / 2 + 3;
    const x = Math.min(Math.max(node.x, half), width - half);
    const places = [node.y + node.size + size + 1, node.y - node.size - 6];
    const free = places.find((y) => node.forced || !taken.some((box, i) => i !== index && overlaps([x - half, y - size, x + half, y + 4], box)));
    if (free === undefined) continue;
    taken.push([x - half, free - size, x + half, free + 4]);
    context.lineWidth = 4;
    context.strokeStyle = css("--ground");
    context.strokeText(text, x, free);
    context.fillStyle = css(node.quiet ? "--ink-3" : "--ink");
    context.fillText(text, x, free);
  }
  context.textAlign = "left";
}

const overlaps = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];

function drawHover(context, data, settings) {
  const text = data.label ?? "";
  context.font = `600 ${settings.labelSize}px ${FONT}`;
  const width = context.measureText(text).width + 20;
  const top = data.y + data.size + 5;
  context.beginPath();
  context.roundRect(data.x - width / 2, top, width, settings.labelSize + 12, 8);
  context.fillStyle = css("--raised");
  context.shadowColor = "rgb(0 0 0 / .22)";
  context.shadowBlur = 12;
  context.fill();
  context.shadowBlur = 0;
  context.textAlign = "center";
  context.fillStyle = css("--ink");
  context.fillText(text, data.x, top + settings.labelSize + 4);
  context.textAlign = "left";
}

function drawEdgeLabel(context, edge, source, target, settings) {
  if (!edge.label) return;
  const [x, y] = [(source.x + target.x) / 2, (source.y + target.y) / 2];
  let angle = Math.atan2(target.y - source.y, target.x - source.x);
  if (Math.abs(angle) > Math.PI / 2) angle += Math.PI;
  const room = Math.hypot(target.x - source.x, target.y - source.y) - source.size - target.size - 8;
  context.font = `500 ${settings.edgeLabelSize}px ${FONT}`;
  if (context.measureText(edge.label).width > room) return;
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  context.textAlign = "center";
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = css("--ground");
  context.strokeText(edge.label, 0, -4);
  context.fillStyle = css("--ink-2");
  context.fillText(edge.label, 0, -4);
  context.restore();
}

/** Draws nodes and edges into a container and reports what is clicked. */
export class Drawing {
  constructor(container, { onNode, onEdge }) {
    this.graph = new graphology.MultiDirectedGraph();
    this.center = null;
    this.chosen = null;
    this.hovered = null;
    this.hidden = { types: new Set(), relation: "", unasserted: false };
    this.sigma = new Sigma(this.graph, container, {
      nodeProgramClasses: { disc: discProgram(), diamond: diamondProgram() },
      defaultNodeType: "disc",
      edgeProgramClasses: { arrow: Sigma.rendering.EdgeArrowProgram },
      defaultEdgeType: "arrow",
      defaultDrawNodeLabel: () => {},
      defaultDrawNodeHover: drawHover,
      defaultDrawEdgeLabel: drawEdgeLabel,
      enableEdgeEvents: true,
      renderEdgeLabels: true,
      labelSize: 12.5, edgeLabelSize: 11, labelRenderedSizeThreshold: Infinity,
      stagePadding: 48, minCameraRatio: 0.15, maxCameraRatio: 3, zIndex: true, minEdgeThickness: 1.2,
      nodeReducer: (id, data) => this.#node(id, data),
      edgeReducer: (id, data) => this.#edge(id, data),
    });
    this.#listen(onNode, onEdge, container);
    this.sigma.on("afterRender", () => this.#writeNames());
  }

  #writeNames() {
    const nodes = [];
    this.graph.forEachNode((id, { degree }) => {
      const data = this.sigma.getNodeDisplayData(id);
      if (!data || data.hidden) return;
      const { x, y } = this.sigma.framedGraphToViewport(data);
      nodes.push({ x, y, size: this.sigma.scaleSize(data.size), name: data.name, strong: data.strong, quiet: data.quiet, forced: data.forced, weight: (data.forced ? 1000 : 0) + (data.quiet ? 0 : 100) + degree });
    });
    nodes.sort((a, b) => b.weight - a.weight);
    writeNames(this.sigma.getCanvases().labels.getContext("2d"), nodes, { labelSize: 12.5, width: this.sigma.getDimensions().width });
  }

  #listen(onNode, onEdge, container) {
    const point = (kind) => (event) => { this.hovered = { kind, id: event[kind] }; container.style.cursor = "pointer"; this.sigma.refresh({ skipIndexation: true }); };
    const leave = () => { this.hovered = null; container.style.cursor = ""; this.sigma.refresh({ skipIndexation: true }); };
    this.sigma.on("enterNode", point("node"));
    this.sigma.on("enterEdge", point("edge"));
    this.sigma.on("leaveNode", leave);
    this.sigma.on("leaveEdge", leave);
    this.sigma.on("clickNode", ({ node }) => onNode(node));
    this.sigma.on("clickEdge", ({ edge }) => onEdge(edge));
  }

  /** Show other nodes and edges; nodes that stay glide to their new places. */
  show({ center, nodes, edges }) {
    const before = Object.fromEntries(this.graph.mapNodes((id, { x, y }) => [id, { x, y }]));
    this.center = center;
    this.count = nodes.length;
    this.chosen = null;
    this.hovered = null;
    this.graph.clear();
    const targets = {};
    // The places are made for a wide page; a phone gets them turned by a right angle.
    const { width, height } = this.sigma.getDimensions();
    for (const node of nodes) {
      targets[node.id] = height > width ? { x: node.y, y: -node.x } : { x: node.x, y: node.y };
      this.graph.addNode(node.id, { ...node, ...(before[node.id] ?? targets[node.id]), size: this.#size(node), type: node.kind === "event" ? "diamond" : "disc", category: node.type });
    }
    for (const edge of edges) this.graph.addEdgeWithKey(edge.key, edge.source, edge.target, { ...edge, type: "arrow" });
    this.sigma.setCustomBBox(null);
    this.sigma.getCamera().setState({ x: 0.5, y: 0.5, ratio: 1, angle: 0 });
    if (reduced.matches || !nodes.some((node) => before[node.id])) this.graph.updateEachNodeAttributes((id, data) => ({ ...data, ...targets[id] }));
    else Sigma.utils.animateNodes(this.graph, targets, { duration: 450 });
    this.sigma.refresh();
  }

  #size({ id, degree, kind }) {
    const size = (6 + Math.min(13, Math.sqrt(degree) * 2.4)) * (this.count < 25 ? 1.35 : 1);
    return (kind === "event" ? size * 1.05 : size) + (id === this.center ? 4 : 0);
  }

  /** Where on the page the node of this label is drawn. */
  placeOf(label) {
    const id = this.graph.findNode((_, data) => data.label === label);
    const { x, y } = this.sigma.framedGraphToViewport(this.sigma.getNodeDisplayData(id));
    const box = this.sigma.getContainer().getBoundingClientRect();
    return [box.left + x, box.top + y];
  }

  choose(edge) { this.chosen = edge; this.sigma.refresh({ skipIndexation: true }); }
  filter(hidden) { this.hidden = hidden; this.sigma.refresh({ skipIndexation: true }); }
  refresh() { this.sigma.refresh(); }
  zoom(factor) { this.sigma.getCamera().animatedZoom({ duration: 200, factor }); }
  unzoom(factor) { this.sigma.getCamera().animatedUnzoom({ duration: 200, factor }); }
  fit() { this.sigma.getCamera().animatedReset({ duration: 250 }); }

  /** The nodes to show while the pointer is on one; the others fade. */
  #focus() {
    if (this.hovered?.kind === "node" && this.graph.hasNode(this.hovered.id)) return new Set([this.hovered.id, ...this.graph.neighbors(this.hovered.id)]);
    return null;
  }

  #ends() {
    const edge = this.hovered?.kind === "edge" ? this.hovered.id : this.chosen;
    return edge && this.graph.hasEdge(edge) ? this.graph.extremities(edge) : [];
  }

  #node(id, data) {
    const focus = this.#focus();
    const faded = focus && !focus.has(id);
    const event = data.kind === "event";
    return {
      ...data,
      hidden: this.hidden.types.has(event ? "event" : data.category),
      color: faded ? css("--line-strong") : colour(data.category, data.kind),
      ring: css("--ground"),
      label: data.label,
      name: faded || (this.hovered?.kind === "node" && this.hovered.id === id) ? "" : event && id !== this.center && !focus ? data.label.split(":")[0] : data.label,
      forced: id === this.center || Boolean(focus?.has(id) && focus.size <= 12) || this.#ends().includes(id),
      strong: id === this.center,
      quiet: event,
      zIndex: id === this.center ? 2 : faded ? 0 : 1,
    };
  }

  #edge(id, data) {
    const near = this.#near(id);
    const unsure = !data.asserted;
    return {
      ...data,
      hidden: (this.hidden.relation && !data.predicates.includes(this.hidden.relation)) || (this.hidden.unasserted && unsure),
      label: near === true || (near === null && this.graph.size <= 30) ? data.label : "",
      forceLabel: true,
      size: near === true ? 3 : 2,
      color: near === true ? css("--accent") : near === false ? css("--line") : unsure ? (dark() ? "#6a5a2f" : "#e6cd8c") : (dark() ? "#43526d" : "#b7c2d2"),
      zIndex: near === true ? 2 : 0,
    };
  }

  /** True where the pointer or the choice is on this edge, false where the pointer is on a node elsewhere, else null. */
  #near(id) {
    if (this.hovered?.kind === "node") return this.graph.hasNode(this.hovered.id) && this.graph.hasExtremity(id, this.hovered.id);
    return id === (this.hovered?.kind === "edge" ? this.hovered.id : this.chosen) ? true : null;
  }
}
