// The painter: brings a drawn picture to its next state. Plotly.react plans the whole picture anew (defaults, axes,
// margins, every trace), which takes 60 to 110 ms for a diagram. A frame changes the numbers and words of some traces
// on axes that stand still, so the painter has Plotly's own drawing code redraw those alone. Whatever it does not know
// for certain it refuses, and the stage asks Plotly.react.
const MOVES = /^(x|y|z|zmin|zmax|base|width|text|customdata|hovertext|hovertemplate|ids|textposition|opacity|fillcolor|textfont\.(size|color)|line\.(color|width)|marker\.(size|color|symbol|opacity|angle|cmin|cmax)|marker\.line\.(color|width))$/;
const DRAWN = { scatter: "scatterlayer", bar: "barlayer", heatmap: "heatmaplayer" };
const NOTES = ["annotations", "shapes"];
const AXIS = ["range", "tickvals", "ticktext", "title"];
const KINDS = { f8: Float64Array, f4: Float32Array, i4: Int32Array, i2: Int16Array, i1: Int8Array, u4: Uint32Array, u2: Uint16Array, u1: Uint8Array };
const unpackedArrays = new WeakMap();

// Plotly's packed arrays ({dtype, bdata, shape}) as plain ones; anything else as it is.
function unpacked(value) {
  if (!value?.bdata) return value;
  if (!unpackedArrays.has(value)) {
    const bytes = Uint8Array.from(atob(value.bdata), (sign) => sign.charCodeAt(0));
    const flat = new KINDS[value.dtype](bytes.buffer);
    const columns = +(`${value.shape ?? ""}`.split(",")[1] ?? 0);
    unpackedArrays.set(value, columns ? Array.from({ length: flat.length / columns }, (_, row) => flat.subarray(row * columns, (row + 1) * columns)) : flat);
  }
  return unpackedArrays.get(value);
}

function equal(a, b) {
  if (a === b || (a !== a && b !== b)) return true;
  if (!a || !b || typeof a !== "object" || typeof b !== "object") return false;
  if (a.bdata || b.bdata) return a.bdata === b.bdata && a.dtype === b.dtype && a.shape === b.shape;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => equal(a[key], b[key]));
}

// What two traces differ in, as [path, value]; null when a difference may not be painted.
function moves(before, after, path = "") {
  const found = [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now, name] = [before[key], after[key], path + key];
    if (equal(old, now)) continue;
    if (old === undefined || now === undefined) return null;
    if (MOVES.test(name)) found.push([name, unpacked(now)]);
    else if ([old, now].every((part) => part && typeof part === "object" && !Array.isArray(part))) {
      const inner = moves(old, now, `${name}.`);
      if (!inner) return null;
      found.push(...inner);
    } else return null;
  }
  return found;
}

// An axis stands still if its range is given, or if nothing changes that it is fitted to.
function stands(axis, trace, moved) {
  if (axis.autorange === false && ["linear", "log"].includes(axis.type)) return true;
  const letter = axis._id[0];
  const along = (trace.orientation === "h") === (letter === "x"); // of a bar: the axis of its values
  const fitted = trace.type === "bar" ? [letter, along ? "base" : "width"] : [letter, "marker.size"];
  return moved.every(([path]) => !fitted.includes(path));
}

function mayPaint(trace, axes, moved, legend) {
  const paths = moved.map(([path]) => path);
  return trace.visible === true && trace.type in DRAWN && axes.every((axis) => stands(axis, trace, moved))
    && !trace.stackgroup && !(trace.fill ?? "").startsWith("tonext") && !trace.error_x?.visible && !trace.error_y?.visible
    && !(trace.showscale || trace.marker?.showscale) && !(legend && trace.showlegend && paths.some((path) => /color|width|symbol/.test(path)));
}

function put(target, path, value) {
  const keys = path.split(".");
  const last = keys.pop();
  const inner = keys.reduce((part, key) => part?.[key], target);
  if (inner) inner[last] = value;
  return Boolean(inner);
}

function noteEdits(before, after) {
  const edits = {};
  for (const kind of NOTES) {
    const [old, now] = [before[kind] ?? [], after[kind] ?? []];
    if (old.length !== now.length) edits[kind] = now;
    else now.forEach((note, i) => { if (!equal(old[i], note)) edits[`${kind}[${i}].opacity`] = note.opacity ?? 1; });
  }
  return edits;
}

// What changes on the axes as edits of Plotly.relayout; null when more than axes and notes changes.
function axisEdits(before, after) {
  const edits = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (NOTES.includes(key) || equal(before[key], after[key])) continue;
    if (!/^[xy]axis\d*$/.test(key) || !before[key] || !after[key]) return null;
    for (const name of new Set([...Object.keys(before[key]), ...Object.keys(after[key])])) {
      if (equal(before[key][name], after[key][name])) continue;
      if (!AXIS.includes(name) || !after[key][name]) return null;
      edits[`${key}.${name}`] = after[key][name];
    }
  }
  return edits;
}

// The traces that differ between two states with their differences, or null when the picture must be planned anew.
function plan(plot, before, after) {
  const { _fullLayout: full, _fullData: traces, calcdata } = plot;
  if (!calcdata || before.data.length !== after.data.length) return null;
  const changed = [];
  for (const [i, trace] of traces.entries()) {
    const moved = moves(before.data[i], after.data[i]);
    if (!moved) return null;
    if (!moved.length) continue;
    const place = full._plots[trace.xaxis + trace.yaxis];
    if (!place || !mayPaint(trace, [place.xaxis, place.yaxis], moved, full.showlegend)) return null;
    changed.push({ i, moved, place, trace });
  }
  return changed;
}

function recalculate(plot, { i, moved, trace }) {
  for (const [path, value] of moved) if (!put(trace, path, value)) return false;
  if (trace.type !== "heatmap") trace._length = Math.min(trace.x?.length ?? Infinity, trace.y?.length ?? Infinity);
  trace._extremes = {};
  const points = trace._length === 0 ? [] : trace._module.calc(plot, trace);
  const calculated = Array.isArray(points) && points[0] ? points : [{ x: undefined, y: undefined }];
  calculated[0].t ??= {};
  calculated[0].trace = trace;
  plot.calcdata[i] = calculated;
  return true;
}

function drawLayer(plot, place, type, changed) {
  const { _module: drawing } = changed[0].trace;
  const layer = place.plot.select(`g.${DRAWN[type]}`);
  if (type === "scatter") { // its drawing keeps what it is not given, and styles what it draws
    drawing.plot(plot, place, changed.map(({ i }) => plot.calcdata[i]), layer, { duration: 0 });
    return inOrder(layer.node().children, (group) => group.__data__[0].trace.index);
  }
  const here = plot.calcdata.filter(([{ trace }]) => trace.type === type && trace.visible === true && place === plot._fullLayout._plots[trace.xaxis + trace.yaxis]);
  drawing.crossTraceCalc?.(plot, place);
  drawing.plot(plot, place, here, layer);
  for (const points of here) drawing.styleOnSelect?.(plot, points, layer.selectAll("g.trace").filter((drawn) => drawn === points));
}

function inOrder(siblings, index) {
  const now = [...siblings];
  const sorted = now.toSorted((a, b) => index(a) - index(b));
  if (now.some((sibling, i) => sibling !== sorted[i])) now[0].parentNode.append(...sorted);
}

class Painter {
  constructor(plot) {
    this.plot = plot;
    this.shown = null;
  }

  async show(P, data, layout) {
    const [before, after] = [this.shown, { data, layout }];
    this.shown = null; // until it is drawn, nothing is known of the picture
    // Plotly writes into the layout that it is given.
    if (!before || !this.painted(P, before, after)) await P.react(this.plot, data, structuredClone(layout), CONFIG);
    // Plotly takes the words from a point that has none and leaves an empty group: the next words would fall into it unseen.
    for (const empty of this.plot.querySelectorAll(".textpoint:empty")) empty.remove();
    this.shown = after;
  }

  // Plotly's inner functions promise nothing: if one fails, the picture is planned anew and nobody sees it.
  painted(P, before, after) {
    try {
      return this.paint(P, before, after);
    } catch (error) {
      console.warn("unrolled: painting failed", error);
      return false;
    }
  }

  // Paint a state over the drawn one; false when only Plotly.react can.
  paint(P, before, after) {
    const { plot } = this;
    const axes = axisEdits(before.layout, after.layout);
    const changed = axes && plan(plot, before, after);
    if (!changed || !changed.every((change) => recalculate(plot, change))) return false;
    const ranged = Object.keys(axes).some((name) => name.endsWith(".range")); // then Plotly redraws the traces itself
    for (const [place, here] of Map.groupBy(changed, (change) => change.place)) {
      for (const [type, traces] of Map.groupBy(here, (change) => change.trace.type)) {
        if (ranged) traces[0].trace._module.crossTraceCalc?.(plot, place); // bars have no sides before it
        else drawLayer(plot, place, type, traces);
      }
    }
    plot.data = after.data;
    after.data.forEach((trace, i) => { plot._fullData[i]._input = trace; });
    const edits = { ...axes, ...noteEdits(before.layout, after.layout) };
    for (const kind of NOTES) if (after.layout[kind]) plot.layout[kind] = structuredClone(after.layout[kind]);
    // Plotly makes the notes ready by themselves; everything else only needs it when an axis changes.
    if (Object.keys(edits).length && !Object.keys(axes).length) plot._fullLayout._skipDefaults = true;
    P.relayout(plot, structuredClone(edits));
    delete plot._fullLayout._skipDefaults;
    if (!Object.keys(edits).length) return true;
    // What is redrawn alone comes to lie on top.
    const position = (note) => +note.dataset.index;
    inOrder(plot.querySelectorAll(".infolayer > .annotation"), position);
    for (const layer of plot.querySelectorAll(".shapelayer")) inOrder(layer.children, position);
    return true;
  }
}
