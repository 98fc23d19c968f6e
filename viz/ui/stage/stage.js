// The stage: plays one film. Plain module, no build step; the palette is filled in when it is served.
const PALETTE = /*palette*/ {};
const TOKEN = new RegExp(Object.keys(PALETTE).map((name) => PALETTE[name][0]).join("|") || "$^", "gi");
const DARK = Object.fromEntries(Object.values(PALETTE).map(([light, dark]) => [light.toUpperCase(), dark]));
const CONFIG = { displayModeBar: false, doubleClick: false, scrollZoom: false, showTips: false };
const PHONE = 640;
const SETTLE = 300;

function recolour(part) {
  if (typeof part === "string") return part.replace(TOKEN, (hex) => DARK[hex.toUpperCase()]);
  if (Array.isArray(part)) return part.map(recolour);
  if (part && typeof part === "object" && !ArrayBuffer.isView(part)) {
    if (part.bdata) return part;
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, recolour(value)]));
  }
  return part;
}

function afterPaint(act) {
  requestAnimationFrame(() => setTimeout(act));
}

// From the page data come as bytes, which cost the server nothing to pass on; an exported file holds them as they are.
function opened(data) {
  return data instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(data)) : data;
}

function pieces(caption) {
  const parts = [];
  let at = 0;
  for (const found of caption.matchAll(/\{(fwd|bwd|par|tru|muted):([^{}]*)\}/g)) {
    parts.push(["", caption.slice(at, found.index)], [found[1], found[2]]);
    at = found.index + found[0].length;
  }
  return [...parts, ["", caption.slice(at)]].filter(([, text]) => text);
}

// Axes hold the pinned picture too, or there is nothing to compare with.
function widen(layout, pinned) {
  for (const [name, axis] of Object.entries(layout)) {
    const [mine, other] = [axis?.range, pinned[name]?.range];
    if (!/^[xy]axis/.test(name) || !mine || !other || axis.type !== pinned[name].type) continue;
    const ends = [Math.min(...mine, ...other), Math.max(...mine, ...other)];
    layout[name] = { ...axis, range: mine[0] > mine[1] ? ends.reverse() : ends };
  }
}

class Stage {
  constructor(host) {
    this.host = host;
    this.index = 0;
    this.move = null;
    this.reported = {};
    this.plot = element("div", { class: "un-plot", role: "img" });
    this.painter = new Painter(this.plot);
    this.frame = element("div", { class: "un-frame" }, this.plot);
    this.playButton = element("button", { type: "button", class: "un-play", onclick: () => this.toggle() });
    this.range = element("input", { type: "range", min: 0, step: 1, oninput: () => this.scrub(+this.range.value) });
    this.label = element("output", { class: "un-label" });
    this.bar = element("div", { class: "un-bar" }, this.playButton, this.button("‹", "one step back", () => this.step(-1)),
      this.range, this.button("›", "one step on", () => this.step(1)), this.label);
    this.caption = element("p", { class: "un-caption", "aria-live": "polite" });
    this.menu = new Menu(this);
    this.probe = element("i", { class: "un-probe", "aria-hidden": "true" });
    this.probe.addEventListener("transitionend", () => this.retheme());
    this.root = element("div", { class: "un-stage" }, this.frame, this.bar, element("div", { class: "un-foot" }, this.caption, this.menu.root), this.probe);
    host.append(this.root);
    this.resizes = new ResizeObserver(() => this.measure());
    this.resizes.observe(this.root);
    this.keys = (event) => this.onKey(event);
    document.addEventListener("keydown", this.keys, true);
    this.full = () => this.draw();
    // Streamlit lets "back" change the link of a page, but not the page.
    const { pathname } = location;
    this.back = () => { if (this.data?.lecture != null && location.pathname === pathname && !location.hash) location.reload(); };
    window.addEventListener("popstate", this.back);
    document.addEventListener("fullscreenchange", this.full);
  }

  button(sign, label, onclick) {
    return element("button", { type: "button", "aria-label": label, title: label, onclick }, sign);
  }

  update({ data, setStateValue, setTriggerValue }) {
    this.send = (name, value) => { if (this.reported[name] !== value) { this.reported[name] = value; setStateValue?.(name, value); } };
    this.fire = setTriggerValue ?? (() => {});
    const before = this.data;
    this.data = data;
    const same = data.mark && before?.mark === data.mark;
    if (same) Object.assign(data, { film: before.film, ghost: before.ghost });
    this.frames = data.film.frames.length;
    if (this.move !== data.move) {
      this.pause();
      this.index = data.step ?? data.film.start;
      this.move = data.move;
      this.reported.frame = data.step ?? data.film.start;
    }
    else if (before && this.index === before.film.start) this.index = data.film.start; // the link names no step
    this.index = Math.max(0, Math.min(this.index, this.frames - 1));
    if (!same) this.themed = null;
    this.range.max = Math.max(0, this.frames - 1);
    this.range.setAttribute("aria-label", data.film.variable);
    this.bar.hidden = this.frames < 2;
    this.root.classList.toggle("un-lecture", data.lecture === true);
    if (!before) this.frame.style.height = `${data.film.figure.layout.height ?? 450}px`; // nothing jumps when the picture comes
    this.speak(data.film.frames[this.index]); // words and names do not wait for plotly.js
    if (data.lecture != null || !before) return this.retheme();
    afterPaint(() => this.retheme()); // the page's main stage is painted before the further charts
  }

  retheme() {
    if (!this.data) return;
    const rgb = getComputedStyle(this.probe).backgroundColor.match(/[\d.]+/g)?.map(Number) ?? [255, 255, 255];
    const dark = rgb[0] + rgb[1] + rgb[2] < 384 && rgb[3] !== 0;
    if (this.themed && this.dark === dark) return this.draw();
    this.dark = dark;
    for (const [name, [light, night]] of Object.entries(PALETTE)) this.root.style.setProperty(`--un-${name}`, dark ? night : light);
    const swap = dark ? recolour : (part) => part;
    this.themed = { film: swap(this.data.film), ghost: this.data.ghost && swap(this.data.ghost) };
    return this.draw();
  }

  at(film, index) {
    const frame = film.frames[index];
    const data = film.figure.data.map((trace) => ({ ...trace }));
    frame?.traces.forEach((trace, i) => Object.assign(data[trace], frame.data[i]));
    // Plotly forgets a trace without points; one gap keeps it, so that the painter can fill it again.
    for (const trace of data) if (unpacked(trace.x)?.length === 0) Object.assign(trace, { x: [null], y: [null] });
    return { data, layout: { ...film.figure.layout, ...frame?.layout } };
  }

  pinned() {
    const film = this.themed.ghost;
    return film && this.at(film, Math.min(this.index, film.frames.length - 1));
  }

  pale(traces) {
    const hair = PALETTE.hair[this.dark ? 1 : 0];
    return traces.filter((trace) => ["scatter", "bar", "histogram"].includes(trace.type ?? "scatter")).map((trace) => ({ ...trace, name: "pinned",
      text: undefined, texttemplate: undefined, hoverinfo: "skip", hovertemplate: undefined, mode: (trace.mode ?? "lines").replace(/\+?text/, "") || "none",
      line: { ...trace.line, color: hair }, fill: trace.fill && "none", opacity: 0.8,
      marker: { ...trace.marker, color: hair, colorscale: undefined, showscale: false, line: { ...trace.marker?.line, color: hair } } }));
  }

  async draw() {
    const { data } = this;
    const P = await plotly(data.url);
    if (this.dead || !this.themed || this.data !== data) return;
    const { film } = this.themed;
    const { data: traces, layout } = this.at(film, this.index);
    const pinned = this.pinned();
    if (pinned) widen(layout, pinned.layout);
    const scale = this.scale(layout.height ?? 450);
    layout.width = Math.max(200, Math.floor(this.frame.clientWidth / scale));
    this.speak(film.frames[this.index]);
    const state = [this.themed, this.index, layout.width, scale, document.fullscreenElement];
    if (this.drawn && state.every((part, i) => part === this.drawn[i])) return;
    this.drawn = state;
    layout.autosize = false;
    if (document.fullscreenElement === this.root && scale === 1) layout.height = Math.max(layout.height ?? 450, 300);
    this.plot.style.transform = scale === 1 ? "" : `scale(${scale})`;
    this.frame.style.height = `${(layout.height ?? 450) * scale}px`;
    this.drawing = this.painter.show(P, [...(pinned ? this.pale(pinned.data) : []), ...traces], layout);
    await this.drawing;
    this.root.dataset.frame = this.index;
  }

  scale(height) {
    const full = document.fullscreenElement === this.root;
    if (!full && this.data.lecture !== true) return 1;
    const free = innerHeight - (this.bar.hidden ? 0 : this.bar.offsetHeight) - Math.max(this.caption.offsetHeight, 56) - (full ? 40 : 96);
    const wide = this.frame.clientWidth > PHONE ? 860 : 340;
    return Math.max(1, Math.min(this.frame.clientWidth / wide, free / height, 3));
  }

  speak(frame) {
    const parts = frame ? pieces(frame.caption) : [];
    const spoken = parts.map(([, text]) => text).join("");
    this.plot.setAttribute("aria-label", spoken || "empty picture");
    this.range.value = this.index;
    this.range.setAttribute("aria-valuetext", frame?.label ?? "");
    this.label.textContent = frame?.label ?? "";
    this.playButton.textContent = this.timer ? "❚❚" : "▶ play";
    this.playButton.setAttribute("aria-label", this.timer ? "pause" : "play");
    if (this.caption.textContent === spoken && this.spokenOf === frame) return;
    this.spokenOf = frame;
    this.caption.replaceChildren(...parts.map(([role, text]) => {
      const span = element("span", role ? { class: `un-${role}` } : {});
      span.textContent = text;
      return span;
    }));
  }

  scrub(index) {
    this.index = Math.max(0, Math.min(index, this.frames - 1));
    if (!this.waiting) {
      this.waiting = requestAnimationFrame(() => { this.waiting = null; this.draw(); });
    }
    clearTimeout(this.settling);
    if (!this.timer) this.settling = setTimeout(() => this.settle(), SETTLE);
  }

  // A trigger, since a state that comes back to an old value after a preset would not be told.
  settle() {
    if (this.reported.frame === this.index) return;
    this.reported.frame = this.index;
    this.fire("frame", this.index);
  }

  step(by) {
    this.pause();
    this.scrub(this.index + by);
  }

  toggle() {
    if (this.timer) return this.pause();
    this.caption.setAttribute("aria-live", "off");
    const start = this.index >= this.frames - 1 ? 0 : this.index;
    this.timer = setInterval(() => (this.index >= this.frames - 1 ? this.pause() : this.scrub(this.index + 1)), this.data.film.pace);
    this.scrub(start);
  }

  pause() {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = null;
    this.caption.setAttribute("aria-live", "polite");
    this.scrub(this.index);
  }

  measure() {
    if (!this.data || !this.root.clientWidth) return;
    const layout = this.root.clientWidth <= PHONE ? "phone" : "wide";
    if (layout !== this.data.layout) this.send("layout", layout);
    else this.reported.layout = undefined;
    if (this.root.clientWidth !== this.width) { this.width = this.root.clientWidth; this.draw(); }
  }

  onKey(event) {
    if (this.data?.lecture == null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input:not([type=range]), textarea, select, [contenteditable], [role=slider], [role=radio], [role=combobox]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const on = this.data.lecture;
    if (key === "l") this.fire("lecture", !on);
    else if (on && key === "Escape" && !document.fullscreenElement && !this.menu.isOpen) this.fire("lecture", false);
    else if (on && (key === "ArrowLeft" || key === "ArrowRight")) this.step(key === "ArrowLeft" ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  destroy() {
    this.dead = true;
    clearInterval(this.timer);
    clearTimeout(this.settling);
    this.resizes.disconnect();
    document.removeEventListener("keydown", this.keys, true);
    this.menu.destroy();
    document.removeEventListener("fullscreenchange", this.full);
    window.removeEventListener("popstate", this.back);
    window.Plotly?.purge(this.plot);
    this.root.remove();
  }
}

export default function stage(args) {
  const host = args.parentElement.querySelector(".un-host") ?? args.parentElement;
  host.unrolled ??= new Stage(host);
  host.unrolled.update({ ...args, data: opened(args.data) });
  return () => { host.unrolled?.destroy(); host.unrolled = null; };
}
