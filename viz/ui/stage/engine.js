// Plotly's own file, loaded once a page by whoever asks first.
function plotly(url) {
  window.__unrolledPlotly ??= new Promise((done, fail) => {
    if (window.Plotly) return done(window.Plotly);
    const script = document.createElement("script");
    script.src = `${url}/plotly.min.js`;
    script.onload = () => done(window.Plotly);
    script.onerror = () => fail(new Error("plotly.min.js could not be loaded"));
    document.head.append(script);
  });
  return window.__unrolledPlotly;
}
