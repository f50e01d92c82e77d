"use strict";
// Draws the figures in the colours of the page, and again when these change.
(function () {
  const text = document.getElementById("figures").textContent;
  const options = { responsive: true, displaylogo: false, modeBarButtonsToRemove: ["lasso2d", "select2d"] };

  function draw() {
    const colours = getComputedStyle(document.documentElement);
    const coloured = text.replace(/var\((--[a-z0-9]+)\)/g, (_, name) => colours.getPropertyValue(name).trim());
    for (const [id, figure] of Object.entries(JSON.parse(coloured))) {
      const place = document.getElementById(id);
      if (place) Plotly.react(place, figure.data, figure.layout, options);
    }
  }

  function drawIn(theme) {
    document.documentElement.dataset.theme = theme;
    draw();
  }

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  addEventListener("beforeprint", () => drawIn("light"));
  addEventListener("afterprint", () => drawIn(""));
  draw();
})();
