// The drawing: graphology holds the graph, sigma draws it. Knows nothing of panels or requests.
import { spread } from "./network.js";

const SPREAD = 400; // smaller drawings are drawn out, so that names have room
const NAMES = 90; // names on screen at most
const NARROW = 600; // on a narrower screen nodes are smaller
const POINTS = 2000; // of more nodes each is a plain point: rings and diamonds cost three times as much in software
const EDGES = 15000; // with more, edges rest while the view moves, and do not listen to the pointer

const reduced = matchMedia("(prefers-reduced-motion: reduce)");
const FONT = '"Inter", system-ui, sans-serif';
const dark = () => document.documentElement.dataset.theme === "dark";

// Qualitative colours that colour-blind readers can tell apart: Okabe and Ito (2008), with darker and lighter shades.
const PALETTE = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#b8860b", "#7a5af0", "#8c564b", "#3a9d9d", "#c2374f", "#6b7a3a", "#4f6d9a"];
const GREY = "#8d99ab";
const known = new Map();
document.addEventListener("themechange", () => known.clear());

/** The colour of a type as the style sheet has it, else one of the palette. */
function typeColour(node) {
  const key = node.kind === "event" ? "event" : node.type.toLowerCase();
  if (!known.has(key)) known.set(key, css(`--type-${key}`) || PALETTE[[...key].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % PALETTE.length]);
  return known.get(key);
}

const communityColour = (node) => (node.community ? PALETTE[(node.community - 1) % PALETTE.length] : GREY);

/** A property of the style sheet; asked for once, because a drawing asks for each node. */
function css(name) {
  if (!known.has(name)) known.set(name, getComputedStyle(document.documentElement).getPropertyValue(name).trim());
  return known.get(name);
}

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
    context.strokeStyle = css("--ground") || "#fff";
    context.strokeText(text, x, free);
    context.fillStyle = css(node.quiet ? "--ink-3" : "--ink") || "#222";
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

/** Draws nodes and lines into a container and reports what is clicked and where nodes are dragged to. */
export class Drawing {
  /** Ends the gliding of nodes that may be gone. */
  #still = () => {};

  constructor(container, { onNode, onEdge, onPin = () => {} }) {
    this.graph = new graphology.MultiDirectedGraph();
    this.chosen = null;
    this.hovered = null;
    this.order = [];
    this.options = { colour: "type", path: new Set() };
    this.sigma = new Sigma(this.graph, container, {
      nodeProgramClasses: { disc: discProgram(), diamond: diamondProgram(), point: Sigma.rendering.NodePointProgram },
      defaultNodeType: "disc",
      edgeProgramClasses: { arrow: Sigma.rendering.EdgeArrowProgram, line: Sigma.rendering.EdgeRectangleProgram },
      defaultEdgeType: "arrow",
      defaultDrawNodeLabel: () => {},
      defaultDrawNodeHover: drawHover,
      defaultDrawEdgeLabel: drawEdgeLabel,
      enableEdgeEvents: true,
      renderEdgeLabels: true,
      labelSize: 12.5, edgeLabelSize: 11, labelRenderedSizeThreshold: Infinity,
      stagePadding: 48, minCameraRatio: 0.01, maxCameraRatio: 3, zIndex: true, minEdgeThickness: 0.6,
      nodeReducer: (id, data) => this.#node(id, data),
      edgeReducer: (id, data) => this.#edge(id, data),
    });
    this.#listen(onNode, onEdge, container);
    this.#drag(onPin);
    this.sigma.on("afterRender", () => this.#writeNames());
  }

  #writeNames() {
    const { width, height } = this.sigma.getDimensions();
    const nodes = [];
    for (const id of this.#forced().concat(this.order)) {
      if (nodes.length >= NAMES) break;
      const data = this.sigma.getNodeDisplayData(id);
      if (!data || data.hidden) continue;
      const { x, y } = this.sigma.framedGraphToViewport(data);
      if (x < 0 || y < 0 || x > width || y > height) continue;
      nodes.push({ x, y, size: this.sigma.scaleSize(data.size), name: data.name, strong: data.strong, quiet: data.quiet, forced: data.forced });
    }
    writeNames(this.sigma.getCanvases().labels.getContext("2d"), nodes, { labelSize: 12.5, width });
  }

  /** Nodes whose names are written whatever else is there. */
  #forced() {
    const focus = this.#focus();
    return [...new Set([this.options.entity, ...this.options.path, ...this.#ends(), ...(focus && focus.size <= 12 ? focus : [])])].filter((id) => id && this.graph.hasNode(id));
  }

  #listen(onNode, onEdge, container) {
    const point = (kind) => (event) => { this.hovered = { kind, id: event[kind] }; container.style.cursor = "pointer"; this.sigma.refresh({ skipIndexation: true }); };
    const leave = () => { this.hovered = null; container.style.cursor = ""; this.sigma.refresh({ skipIndexation: true }); };
    this.sigma.on("enterNode", point("node"));
    this.sigma.on("enterEdge", point("edge"));
    this.sigma.on("leaveNode", leave);
    this.sigma.on("leaveEdge", leave);
    this.sigma.on("clickNode", ({ node }) => { if (!this.moved) onNode(node); this.moved = false; });
    this.sigma.on("clickEdge", ({ edge }) => onEdge(edge));
  }

  /** A node that is dragged stays where it is left. */
  #drag(onPin) {
    let held = null;
    this.sigma.on("downNode", ({ node, event }) => { held = { id: node, x: event.x, y: event.y }; this.moved = false; });
    this.sigma.on("moveBody", ({ event }) => {
      if (!held || (!this.moved && Math.hypot(event.x - held.x, event.y - held.y) < 4)) return;
      if (!this.moved) this.sigma.setCustomBBox(this.sigma.getBBox());
      this.moved = true;
      const { x, y } = this.sigma.viewportToGraph(event);
      this.graph.mergeNodeAttributes(held.id, { x, y });
      event.preventSigmaDefault();
      event.original.preventDefault();
    });
    const release = () => {
      if (held && this.moved) { const { x, y } = this.graph.getNodeAttributes(held.id); onPin(held.id, [x, y]); }
      held = null;
    };
    this.sigma.on("upNode", release);
    this.sigma.on("upStage", release);
  }

  /** Show other nodes and lines; nodes that stay glide to their new places. `figure` names what sizes follow. */
  show({ nodes, lines, path = [] }, { figure = "degree", pins = new Map(), ...options } = {}) {
    this.#still();
    const before = new Map(this.graph.mapNodes((id, { x, y }) => [id, { x, y }]));
    const large = lines.length > EDGES;
    this.options = { ...options, path: new Set(path.map((node) => node.id)) };
    this.chosen = null;
    this.hovered = null;
    this.graph.clear();
    this.sigma.setSettings({ hideEdgesOnMove: large, enableEdgeEvents: !large, renderEdgeLabels: lines.length < 2000 });
    const targets = this.#targets(nodes, pins);
    const sizes = sizesOf(nodes, figure, options.entity, this.#scale(nodes.length));
    const glide = !reduced.matches && nodes.length <= SPREAD && nodes.some((node) => before.has(node.id));
    const shapeOf = (node) => (nodes.length > POINTS ? "point" : node.kind === "event" ? "diamond" : "disc");
    for (const node of nodes) {
      const place = (glide && before.get(node.id)) || targets[node.id];
      this.graph.addNode(node.id, { ...node, ...place, size: sizes.get(node.id), type: shapeOf(node), category: node.type });
    }
    const thin = lines.length > 400;
    const shape = lines.length > 2000 ? "line" : "arrow";
    for (const line of lines) this.graph.addEdgeWithKey(line.key, line.source.id, line.target.id, { ...line, type: shape, width: thin ? Math.min(0.6 + 0.4 * Math.log2(line.articles.size || 1), 3) : Math.min(1.8 + 1.4 * Math.log2(line.articles.size || 1), 9) });
    this.order = [...nodes].sort((a, b) => sizes.get(b.id) - sizes.get(a.id) || (a.id < b.id ? -1 : 1)).map((node) => node.id);
    this.sigma.setCustomBBox(null);
    this.sigma.getCamera().setState({ x: 0.5, y: 0.5, ratio: 1, angle: 0 });
    this.#still = glide ? Sigma.utils.animateNodes(this.graph, targets, { duration: 450 }) : () => {};
    this.sigma.refresh();
  }

  /** How much smaller nodes are where room is short: on a phone, and where there are thousands. */
  #scale(count) {
    return (this.sigma.getDimensions().width < NARROW ? 0.65 : 1) * Math.min(1, Math.sqrt((2 * POINTS) / count));
  }

  #targets(nodes, pins) {
    const drawn = nodes.length <= SPREAD && nodes.length && nodes[0].kind !== "community" ? spread(nodes) : null;
    // The places are made for a wide page; a phone gets them turned by a right angle.
    const { width, height } = this.sigma.getDimensions();
    const turned = ({ x, y }) => (height > width ? { x: y, y: -x } : { x, y });
    return Object.fromEntries(nodes.map((node) => {
      const [x, y] = pins.get(node.id) ?? [];
      return [node.id, x === undefined ? turned(drawn?.get(node.id) ?? node) : { x, y }];
    }));
  }

  /** Where on the page the node of this label is drawn. */
  placeOf(label) {
    return this.pointOf(this.graph.findNode((_, data) => data.label === label));
  }

  pointOf(id) {
    const { x, y } = this.sigma.framedGraphToViewport(this.sigma.getNodeDisplayData(id));
    const box = this.sigma.getContainer().getBoundingClientRect();
    return [box.left + x, box.top + y];
  }

  choose(edge) { this.chosen = edge; this.sigma.refresh({ skipIndexation: true }); }
  refresh() { this.sigma.refresh(); }
  zoom(factor) { this.sigma.getCamera().animatedZoom({ duration: 200, factor }); }
  unzoom(factor) { this.sigma.getCamera().animatedUnzoom({ duration: 200, factor }); }
  fit() { this.sigma.getCamera().animatedReset({ duration: 250 }); }

  /** The drawing as a canvas, with the page's ground behind it. */
  toCanvas() {
    this.sigma.render(); // WebGL forgets its picture with the frame: copy it in the same task
    const layers = Object.values(this.sigma.getCanvases());
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: layers[0].width, height: layers[0].height });
    const context = canvas.getContext("2d");
    context.fillStyle = css("--ground") || "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    for (const layer of layers) if (layer.width) context.drawImage(layer, 0, 0);
    return canvas;
  }

  /** What is drawn, in points of the page: for files of other formats. */
  toShapes() {
    const { width, height } = this.sigma.getDimensions();
    const at = new Map();
    const nodes = this.graph.mapNodes((id, data) => {
      const { x, y } = this.sigma.graphToViewport(data);
      const shape = { id, x, y, size: this.sigma.scaleSize(data.size), colour: this.#colour(data), label: data.label, data };
      at.set(id, shape);
      return shape;
    });
    const lines = this.graph.mapEdges((key, data, source, target) => ({ key, source: at.get(source), target: at.get(target), width: data.width, label: data.label, asserted: data.asserted, data }));
    return { width, height, nodes, lines, ground: css("--ground") || "#ffffff", ink: css("--ink") || "#222222" };
  }

  #colour(data) {
    if (data.kind === "community" || this.options.colour === "community") return communityColour(data);
    return typeColour({ type: data.category, kind: data.kind });
  }

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
    const { entity, path } = this.options;
    return {
      ...data,
      color: faded ? css("--line-strong") || "#ccc" : this.#colour(data),
      ring: path.has(id) || id === entity ? css("--ink") || "#222" : css("--ground") || "#fff",
      label: data.label,
      name: faded || (this.hovered?.kind === "node" && this.hovered.id === id) ? "" : data.kind === "event" && id !== entity && !focus ? data.label.split(":")[0] : data.label,
      forced: id === entity || path.has(id) || Boolean(focus?.has(id) && focus.size <= 12) || this.#ends().includes(id),
      strong: id === entity,
      quiet: data.kind === "event",
      zIndex: id === entity || path.has(id) ? 2 : faded ? 0 : 1,
    };
  }

  #edge(id, data) {
    const near = this.#near(id, data);
    const many = this.graph.size > 2000;
    return {
      ...data,
      label: near === true || (near === null && this.graph.size <= 30) ? data.label : "",
      forceLabel: true,
      size: near === true ? data.width + 1 : data.width,
      color: near === true ? css("--accent") || "#3457d5" : near === false ? css("--line") || "#eee" : !data.asserted ? (dark() ? "#6a5a2f" : "#e6cd8c") : (dark() ? "#43526d" : many ? "#d3dbe6" : "#b7c2d2"),
      zIndex: near === true ? 2 : 0,
    };
  }

  /** True where the pointer, the choice or the path is on this edge, false where the pointer is on a node elsewhere, else null. */
  #near(id, data) {
    if (this.hovered?.kind === "node") return this.graph.hasNode(this.hovered.id) && this.graph.hasExtremity(id, this.hovered.id);
    if (this.options.bridges?.has(id)) return true;
    const { path } = this.options;
    if (path.size && path.has(data.source.id) && path.has(data.target.id)) return true;
    return id === (this.hovered?.kind === "edge" ? this.hovered.id : this.chosen) ? true : null;
  }
}

/** Sizes by a figure: areas follow it, so that twice the figure is twice the area. */
function sizesOf(nodes, figure, entity, scale) {
  const few = nodes.length <= SPREAD;
  const value = (node) => Math.max(node.kind === "community" ? node.members : node[figure] ?? 0, 0);
  const most = nodes.reduce((max, node) => Math.max(max, value(node)), 0) || 1;
  const [least, range] = nodes[0]?.kind === "community" ? [5, 26] : few ? [nodes.length < 25 ? 8 : 5.5, 14] : [1.8, 8];
  return new Map(nodes.map((node) => [node.id, scale * (least + range * Math.sqrt(value(node) / most)) + (few && node.id === entity ? 3 : 0)]));
}
