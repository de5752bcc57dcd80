"use strict";
const charts = document.querySelectorAll(".chart");
const dark = matchMedia("(prefers-color-scheme: dark)");
const touch = matchMedia("(hover: none)").matches;
const config = {
  displaylogo: false,
  displayModeBar: !touch && "hover",
  modeBarButtonsToRemove: ["lasso2d", "select2d"],
  showSendToCloud: false,
};

function template() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const [text, muted, line, card] = ["--text", "--muted", "--line", "--card"].map(colour);
  const axis = {
    automargin: true, exponentformat: "none", fixedrange: touch, gridcolor: line,
    separatethousands: true, tickfont: { size: 12 }, title: { font: { size: 13 } }, zeroline: false,
  };
  return {
    layout: {
      font: { color: text, size: 13, family: "system-ui, sans-serif" },
      hoverlabel: { align: "left", bgcolor: card, bordercolor: line, font: { color: text } },
      hovermode: "closest",
      dragmode: touch ? false : "zoom", // a finger scrolls the page
      legend: {
        font: { size: 12 }, orientation: "h", traceorder: "normal",
        x: 0, y: 0, yanchor: "bottom", yref: "container",
      },
      margin: { l: 8, r: 12, t: 8, b: 8 },
      modebar: { bgcolor: card, color: muted, activecolor: text },
      paper_bgcolor: "transparent",
      plot_bgcolor: "transparent",
      xaxis: axis,
      yaxis: axis,
    },
  };
}

function draw(chart) {
  const look = `${dark.matches} ${chart.clientWidth}`;
  if (!chart.dataset.look) {
    const { data, layout } = JSON.parse(chart.nextElementSibling.textContent);
    Plotly.newPlot(chart, data, { ...layout, template: template() }, config);
  } else if (chart.dataset.look !== look) {
    Plotly.relayout(chart, { template: template(), autosize: true });
  }
  chart.dataset.look = look;
}

// A chart is drawn when it comes near: a large report holds hundreds.
const near = new IntersectionObserver(
  (entries) => entries.filter((entry) => entry.isIntersecting).forEach(({ target }) => draw(target)),
  { rootMargin: "600px 0px" },
);
function observe() {
  near.disconnect();
  charts.forEach((chart) => near.observe(chart));
}

observe();
addEventListener("resize", observe);
dark.addEventListener("change", observe);

document.addEventListener("change", ({ target }) => {
  for (const panel of target.closest(".function").querySelectorAll(".panel")) {
    panel.hidden = panel.dataset.dtype !== target.value;
  }
});
