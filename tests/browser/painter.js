// What has to agree: kind, place, shape, colour and words of everything that can be seen.
async ({ films, shown }) => {
  const [film] = films;
  document.body.replaceChildren(document.createElement("main"), document.createElement("div"));
  const [host, paper] = document.body.children;
  host.className = "un-host";
  const data = { film, ghost: null, step: 0, move: 0, layout: "wide", lecture: null, url: "" };
  stage({ parentElement: document.body, data });
  const player = host.unrolled;
  let planned = 0;
  const { react } = Plotly;
  Plotly.react = (...all) => { planned += 1; return react(...all); };
  const names = ["d", "transform", "x", "y", "width", "height", "href", "text-anchor"];
  const styles = ["opacity", "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity",
    "stroke-dasharray", "font-size", "font-weight", "display"];
  const close = (text) => text.replace(/-?\d+\.\d+/g, (n) => (Math.round(n * 50) / 50).toString());
  const list = (plot) => [...plot.querySelectorAll(".main-svg .plot *, .main-svg .layer-above *, "
      + ".main-svg .layer-below *, .main-svg .annotation *")]
    .filter((e) => ["path", "text", "tspan", "image", "rect"].includes(e.tagName))
    .map((e) => [e.tagName, ...names.map((name) => close(e.getAttribute(name) ?? "")),
      ...styles.map((name) => close(getComputedStyle(e)[name])),
      e.tagName === "text" ? e.textContent : "", e.closest("[display=none]") ? "hidden" : "", e.closest(".annotation")?.innerHTML.match(/translate\([^)]*\)/)?.[0]].join("|"));
  const wrong = [];
  const compare = async (name) => {
    await player.draw();
    const { data: traces, layout } = player.at(player.themed.film, player.index);
    const size = { width: player.plot.layout.width, height: player.plot.layout.height };
    await Plotly.newPlot(paper, structuredClone(traces), { ...structuredClone(layout), ...size, autosize: false }, { displayModeBar: false });
    const [ours, theirs] = [list(player.plot), list(paper)];
    const differ = [...theirs.keys()].filter((i) => theirs[i] !== ours[i]);
    if (differ.length || ours.length !== theirs.length) {
      const pairs = differ.slice(0, 4).map((i) => `  ${ours[i]}\n  ${theirs[i]}`);
      wrong.push(`${name}: ${differ.length} of ${ours.length} (${theirs.length}) differ\n`
        + pairs.join("\n"));
    }
  };
  const count = film.frames.length;
  const step = Math.max(1, Math.ceil(count / shown));
  const visits = [...Array(count).keys()].filter((i) => i % step === 0);
  for (const index of [...visits, ...visits.toReversed(), count - 1]) {
    player.index = index;
    await compare(`frame ${index}`);
  }
  const inFilm = planned;
  for (const [i, other] of films.entries()) {
    player.update({ data: { ...data, film: other, move: i } });
    player.retheme();
    await compare(`film ${i}`);
  }
  Plotly.react = react;
  Plotly.purge(paper);
  player.destroy();
  return { wrong, inFilm, planned };
}
