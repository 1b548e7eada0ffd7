/** @file How all figures look: the Vega-Lite configuration. */

const TEXT = { labelFontSize: 11, titleFontSize: 11, titleFontWeight: "normal", labelLimit: 0, titleLimit: 0 };

/** White ground, horizontal grid only, no frames, nothing cut off. */
export const STYLE = {
  font: "Helvetica, Arial, sans-serif",
  background: "white",
  title: { fontSize: 13, subtitleFontSize: 11, subtitleColor: "#444444", subtitlePadding: 5, offset: 14 },
  axis: { ...TEXT, gridColor: "#e5e5e5", labelColor: "#222222", titlePadding: 8 },
  axisX: { grid: false, labelAngle: 0, domainColor: "#888888", tickColor: "#888888" },
  axisY: { grid: true, domain: false, ticks: false },
  legend: { ...TEXT, symbolSize: 55, symbolOpacity: 1, offset: 16 },
  view: { stroke: null },
};
