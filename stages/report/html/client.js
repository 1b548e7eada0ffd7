/** @file Runs in the reader's browser: draws each figure anew from its specification, so that it answers to the reader. */
(() => {
  "use strict";
  const SHOWN = "engram_shown";
  // vega-embed's menu: what can be had without a network.
  const actions = { export: true, source: false, compiled: false, editor: false };

  /** Draws a figure; where that fails, the still one stays. */
  async function enliven(figure) {
    const live = figure.querySelector(".live");
    const spec = JSON.parse(document.getElementById(figure.dataset.spec).textContent);
    try {
      const downloadFileName = figure.id.replace(/^figure-/, "");
      const { view } = await globalThis.vegaEmbed(live, spec, {
        renderer: "svg",
        actions,
        downloadFileName,
        logLevel: globalThis.vega.Error, // empty panels are no news to a reader
      });
      figure.classList.add("is-live");
      const summary = live.querySelector("summary");
      if (summary) summary.setAttribute("aria-label", `Save: ${figure.dataset.title}`);
      // Groups of marks that hold none have no label: they are nothing to a screen reader.
      for (const group of live.querySelectorAll("g[role='graphics-symbol']:not([aria-label])")) {
        group.removeAttribute("role");
        group.removeAttribute("aria-roledescription");
      }
      connect(figure, view);
    } catch (error) {
      live.replaceChildren();
      console.warn(`Cannot draw "${figure.id}", its still version stays: ${error.message}`);
    }
  }

  /** Buttons switch series on and off. */
  function connect(figure, view) {
    const buttons = [...figure.querySelectorAll("button[data-series]")];
    for (const button of buttons) {
      button.addEventListener("click", () => {
        button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
        const on = buttons.filter((one) => one.getAttribute("aria-pressed") === "true");
        view.signal(SHOWN, on.map((one) => one.dataset.series)).runAsync();
      });
    }
  }

  const figures = document.querySelectorAll("figure[data-spec]");
  const watcher = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      enliven(target);
    }
  }, { rootMargin: "800px" });
  for (const figure of figures) watcher.observe(figure);

  // On paper nothing can be opened.
  const closed = () => document.querySelectorAll("details.step:not([open])");
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...closed()];
    for (const one of opened) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
  });
})();
