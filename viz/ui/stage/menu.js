// The stage's menu: saves the picture on the screen in several forms, copies the link, fills the screen.
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

function columnOf(column) {
  return [...(unpacked(column) ?? [])];
}

class Menu {
  constructor(stage) {
    this.stage = stage;
    const item = (words, act) => element("button", { type: "button", role: "menuitem", onclick: () => { this.open(false); act(); } }, words);
    this.items = element("div", { role: "menu", "aria-label": "save or share this picture", hidden: "" },
      item("Save as PNG", () => this.image("png")), item("Save as SVG", () => this.image("svg")),
      item("Save as HTML that still plays", () => this.page()), item("Save the data as CSV", () => this.csv()),
      item("Copy link", () => this.copyLink()), item("Full screen", () => stage.root.requestFullscreen?.()));
    this.opener = element("button", { type: "button", class: "un-more", "aria-label": "save or share this picture", "aria-haspopup": "menu",
      "aria-expanded": "false", onclick: () => this.open(this.items.hidden) }, "⋯");
    this.root = element("div", { class: "un-menu" }, this.opener, this.items);
    this.root.onkeydown = (event) => this.onKey(event);
    this.outside = (event) => { if (!this.root.contains(event.target)) this.open(false); };
    document.addEventListener("pointerdown", this.outside, true);
  }

  get isOpen() {
    return !this.items.hidden;
  }

  open(open) {
    if (this.isOpen === open) return;
    this.items.hidden = !open;
    this.opener.setAttribute("aria-expanded", String(open));
    if (open) this.items.firstChild.focus();
  }

  onKey(event) {
    const all = [...this.items.children];
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && this.isOpen) { this.open(false); this.opener.focus(); event.stopPropagation(); }
    if (!by) return;
    this.open(true);
    all[(all.indexOf(document.activeElement) + by + all.length) % all.length].focus();
    event.preventDefault();
  }

  save(blob, suffix) {
    const link = element("a", { href: URL.createObjectURL(blob), download: `${location.pathname.split("/").pop() || "unrolled"}${suffix}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  async image(format) {
    const P = await plotly(this.stage.data.url);
    const { width, height } = this.stage.plot._fullLayout;
    const address = await P.toImage(this.stage.plot, { format, width, height, scale: format === "png" ? 2 : 1 });
    this.save(await (await fetch(address)).blob(), `.${format}`);
  }

  async page() {
    const text = async (name) => (await fetch(`${this.stage.data.url}/${name}`)).text();
    let html = await text("film.html");
    const film = JSON.stringify({ ...this.stage.data.film, start: this.stage.index }).replaceAll("<", "\\u003c");
    const parts = { title: document.title, css: await text("stage.css"), plotly: await text("plotly.min.js"), stage: await text("stage.js"), film };
    for (const [name, value] of Object.entries(parts)) html = html.split(`{{${name}}}`).join(value);
    this.save(new Blob([html], { type: "text/html" }), ".html");
  }

  csv() {
    let { table } = this.stage.data.film;
    if (!table) {
      table = { trace: [], x: [], y: [] };
      for (const trace of this.stage.plot._fullData) {
        columnOf(trace.x).forEach((x, i) => { if (x != null) { table.trace.push(trace.name); table.x.push(x); table.y.push(trace.y?.[i] ?? ""); } });
      }
    }
    const columns = Object.values(table).map(columnOf);
    const quote = (cell) => (/[",\n]/.test(String(cell ?? "")) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell ?? ""));
    const rows = [Object.keys(table), ...Array.from({ length: Math.max(...columns.map((c) => c.length)) }, (_, i) => columns.map((c) => c[i]))];
    this.save(new Blob([rows.map((row) => row.map(quote).join(",")).join("\n")], { type: "text/csv" }), ".csv");
  }

  async copyLink() {
    try { await navigator.clipboard.writeText(location.href); this.opener.textContent = "copied"; } catch { prompt("The link of this picture", location.href); }
    setTimeout(() => { this.opener.textContent = "⋯"; }, 1500);
  }

  destroy() {
    document.removeEventListener("pointerdown", this.outside, true);
  }
}
