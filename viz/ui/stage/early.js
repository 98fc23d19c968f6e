// Named in the page's head: while the page waits for the server's first answer, Plotly is read and run.
const url = document.currentScript.src.replace(/\/[^/]*$/, "");
(window.requestIdleCallback ?? setTimeout)(() => plotly(url));
