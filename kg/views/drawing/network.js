// The network in memory, and which part of it a view shows. Knows nothing of the page.

export const WHOLE = 5000; // larger networks open as an overview of their communities
export const STEP = 25; // neighbours that one expansion adds

const LIST = ["hide", "off"];
const PLAIN = ["view", "entity", "path", "relation", "since", "until", "sure", "source", "unasserted", "colour", "size", "scope"];

/** The state of a view from the address: what is not in it has its default. */
export function readState(search) {
  const query = new URLSearchParams(search);
  const state = Object.fromEntries(PLAIN.map((name) => [name, query.get(name) ?? ""]));
  for (const name of LIST) state[name] = new Set((query.get(name) ?? "").split(",").filter(Boolean));
  state.expand = new Map(pairs(query.get("expand"), (count) => Number(count) || STEP));
  state.pin = new Map(pairs(query.get("pin"), (place) => place.split(":").map(Number)));
  if (state.entity && !state.view && !state.expand.size) state.expand.set(state.entity, STEP);
  return state;
}

/** The address of a state, without its defaults. */
export function writeState(state) {
  const query = new URLSearchParams();
  const set = (name, text) => { if (text) query.set(name, text); };
  for (const name of PLAIN) set(name, state[name]);
  for (const name of LIST) set(name, [...state[name]].join(","));
  const alone = state.expand.size === 1 && !state.view && state.expand.get(state.entity) === STEP;
  if (!alone) set("expand", [...state.expand].map(([id, count]) => `${id}~${count}`).join(","));
  set("pin", [...state.pin].map(([id, [x, y]]) => `${id}~${x.toFixed(1)}:${y.toFixed(1)}`).join(","));
  return query.toString();
}

// Identifiers are compact IRIs, or whole ones where no prefix is known: neither holds "~".
const pairs = (text, value) => (text ?? "").split(",").filter(Boolean).map((part) => {
  const [id, rest = ""] = part.split("~");
  return [id, value(rest)];
});

const rank = (a, b) => b.weight - a.weight || b.node.pagerank - a.node.pagerank || (a.node.id < b.node.id ? -1 : 1);

export class Network {
  constructor(data) {
    const { nodes, edges, types, predicates } = data;
    this.articles = data.articles;
    this.communities = data.communities;
    this.truncated = data.truncated;
    this.predicates = predicates;
    this.nodes = nodes.id.map((id, i) => ({
      id, index: i, label: nodes.label[i], type: types[nodes.type[i]], kind: nodes.event[i] ? "event" : "entity", x: nodes.x[i], y: nodes.y[i],
      pagerank: nodes.pagerank[i], betweenness: nodes.betweenness[i], degree: nodes.degree[i], core: nodes.core[i], community: nodes.community[i],
    }));
    this.edges = edges.source.map((source, i) => ({
      source: this.nodes[source], target: this.nodes[edges.target[i]], predicate: predicates[edges.predicate[i]],
      confidence: edges.confidence[i], asserted: Boolean(edges.asserted[i]), articles: edges.articles[i],
    }));
    this.byId = new Map(this.nodes.map((node) => [node.id, node]));
    this.incident = this.nodes.map(() => []);
    for (const edge of this.edges) { this.incident[edge.source.index].push(edge); this.incident[edge.target.index].push(edge); }
  }

  get sources() { return [...new Set(this.articles.source.filter(Boolean))].sort(); }
  get days() { const days = this.articles.date.filter(Boolean).sort(); return [days[0] ?? "", days.at(-1) ?? ""]; }

  /** What is on display where nothing else is asked for. */
  viewOf(state) {
    if (state.view) return state.view;
    if (state.expand.size || state.path) return "around";
    return this.nodes.length > WHOLE ? "overview" : "all";
  }

  /** The articles behind an edge that the filters let through; none hides the edge. */
  support(edge, state) {
    if (state.relation && edge.predicate.id !== state.relation) return [];
    if ((state.unasserted === "no" && !edge.asserted) || edge.confidence < Number(state.sure || 0)) return [];
    if (!state.since && !state.until && !state.source) return edge.articles;
    const { date, source } = this.articles;
    return edge.articles.filter((a) => (!state.source || source[a] === state.source)
      && (!state.since || (date[a] && date[a] >= state.since)) && (!state.until || (date[a] && date[a] <= state.until)));
  }

  /** The neighbours of a node, the best supported first. */
  neighbours(node, state) {
    const found = new Map();
    for (const edge of this.incident[node.index]) {
      const weight = this.support(edge, state).length * edge.confidence;
      const other = edge.source === node ? edge.target : edge.source;
      if (weight && !this.isOff(other, state)) found.set(other, Math.max(weight, found.get(other) ?? 0));
    }
    return [...found].map(([other, weight]) => ({ node: other, weight })).sort(rank).map((entry) => entry.node);
  }

  isOff(node, state) { return state.hide.has(node.id) || state.off.has(node.kind === "event" ? "event" : node.type); }

  /** The nodes of the shortest path between the two ends that the state names; empty where there is none. */
  path(state) {
    const [start, end] = state.path.split("|").map((id) => this.byId.get(id));
    if (!start || !end) return [];
    const before = new Map([[start, null]]);
    const queue = [start];
    for (const node of queue) {
      if (node === end) break;
      for (const other of this.neighbours(node, state)) if (!before.has(other)) { before.set(other, node); queue.push(other); }
    }
    const nodes = [];
    for (let node = before.has(end) ? end : null; node; node = before.get(node)) nodes.unshift(node);
    return nodes;
  }

  /** The nodes and lines that a state shows; a line is all edges from one node to another. */
  shown(state) {
    const path = this.path(state);
    const nodes = new Set([...this.#base(state), ...path]);
    for (const [id, count] of state.expand) {
      const node = this.byId.get(id);
      if (node) for (const other of [node, ...this.neighbours(node, state).slice(0, count)]) nodes.add(other);
    }
    for (const node of nodes) if (this.isOff(node, state)) nodes.delete(node);
    const lines = this.#lines(nodes, state);
    if (state.relation || state.since || state.until || state.source || state.sure) this.#dropLoners(nodes, lines, state);
    return { nodes: [...nodes], lines, path };
  }

  #base(state) {
    const view = this.viewOf(state);
    if (view === "all") return this.nodes;
    const [kind, number] = view.split(":");
    return kind === "community" ? this.nodes.filter((node) => node.community === Number(number)) : [];
  }

  #lines(nodes, state) {
    const lines = new Map();
    for (const edge of this.edges) {
      if (!nodes.has(edge.source) || !nodes.has(edge.target)) continue;
      const articles = this.support(edge, state);
      if (!articles.length) continue;
      const key = `${edge.source.id}|${edge.target.id}`;
      const line = lines.get(key) ?? { key, source: edge.source, target: edge.target, edges: [], articles: new Set(), asserted: false };
      lines.set(key, line);
      line.edges.push(edge);
      for (const article of articles) line.articles.add(article);
      line.asserted ||= edge.asserted;
    }
    for (const line of lines.values()) line.label = labelOf(line.edges);
    return [...lines.values()];
  }

  #dropLoners(nodes, lines, state) {
    const linked = new Set(lines.flatMap((line) => [line.source, line.target]));
    for (const node of nodes) if (!linked.has(node) && !state.expand.has(node.id)) nodes.delete(node);
  }

  /** The communities as nodes, with the number of edges between them. */
  overview(state) {
    const nodes = this.communities.map((community) => ({
      id: `community:${community.number}`, label: community.names.join(", "), type: "", kind: "community", community: community.number,
      x: community.x, y: community.y, members: community.size,
    }));
    const counts = new Map();
    for (const edge of this.edges) {
      const [a, b] = [edge.source.community, edge.target.community].sort((one, other) => one - other);
      if (a && a !== b && this.support(edge, state).length) counts.set(`${a}|${b}`, (counts.get(`${a}|${b}`) ?? 0) + 1);
    }
    const lines = [...counts].map(([key, count]) => {
      const [source, target] = key.split("|").map((number) => nodes[number - 1]);
      return { key, source, target, edges: [], label: String(count), articles: { size: count }, asserted: true };
    });
    return { nodes, lines, path: [] };
  }
}

function labelOf(edges) {
  const labels = [...new Set(edges.map((edge) => edge.predicate.label))];
  return labels.length > 2 ? `${labels.slice(0, 2).join(", ")} +${labels.length - 2}` : labels.join(", ");
}

/**
 * Places for a small part of the network: as the server has them, with the crowded parts drawn out. Half of each
 * coordinate is the rank along its axis, so that what lies left or above stays there; then names push each other apart.
 */
export function spread(nodes) {
  if (nodes.length < 2) return new Map(nodes.map((node) => [node.id, { x: 0, y: 0 }]));
  const axes = ["x", "y"].map((axis) => {
    const sorted = [...nodes].sort((a, b) => a[axis] - b[axis] || (a.id < b.id ? -1 : 1));
    const low = sorted[0][axis];
    const range = sorted.at(-1)[axis] - low || 1;
    return new Map(sorted.map((node, i) => [node, ((node[axis] - low) / range + (2 * i) / (nodes.length - 1)) / 3]));
  });
  const points = nodes.map((node) => ({ x: axes[0].get(node) * 1.5, y: axes[1].get(node) }));
  pushApart(points, 1 / Math.sqrt(nodes.length));
  return new Map(nodes.map((node, i) => [node.id, points[i]]));
}

function pushApart(points, height) {
  const width = height * 1.5;
  for (let round = 0; round < 40; round += 1) {
    let moved = false;
    for (let i = 0; i < points.length; i += 1) {
      for (let j = i + 1; j < points.length; j += 1) {
        const [dx, dy] = [(points[j].x - points[i].x) / width, (points[j].y - points[i].y) / height];
        const overlap = 1 - Math.max(Math.abs(dx), Math.abs(dy));
        if (overlap <= 0.02) continue;
        const length = Math.hypot(dx, dy) || 1;
        const push = 0.25 * overlap;
        points[i].x -= (dx / length) * push * width; points[j].x += (dx / length) * push * width;
        points[i].y -= (dy / length || 0.1) * push * height; points[j].y += (dy / length || 0.1) * push * height;
        moved = true;
      }
    }
    if (!moved) return;
  }
}
