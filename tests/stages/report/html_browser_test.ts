/** @file The HTML report in a real browser, with and without JavaScript: no errors, no requests, charts that answer. */
import assert from "node:assert/strict";
import { join } from "node:path";
import axe from "axe-core";
import { chromium, orSkipped, Reader, readThrough, type View } from "./browser.ts";
import { sampleReport } from "./sample_report.ts";

const ignore = chromium === "";

function test(name: string, body: (open: (view?: View) => ReturnType<Reader["open"]>) => Promise<void>): void {
  Deno.test({
    name: name + orSkipped,
    ignore,
    async fn() {
      const folder = await Deno.makeTempDir();
      const file = join(folder, "report.html");
      await Deno.writeTextFile(file, await sampleReport());
      await using reader = await Reader.start();
      await body((view) => reader.open(file, view));
      await Deno.remove(folder, { recursive: true });
    },
  });
}

test("html() is read with JavaScript off: figures as SVG, tables, answers, no controls, no requests", async (open) => {
  const { page, complaints, requests } = await open({ javaScript: false });
  const seen = await page.evaluate(`[
    ...[...document.querySelectorAll(".still svg")].map((svg) => svg.getBoundingClientRect().height > 100),
    [...document.querySelectorAll(".live, .controls")].some((part) => part.getBoundingClientRect().height > 0),
    document.querySelectorAll("table").length,
    document.querySelector("h1").textContent,
    [...document.querySelectorAll("details.step")].every((step) => step.open),
  ]`);
  assert.deepEqual(seen, [true, true, false, 6, "A report </title><script>alert(1)</script>", true]);
  assert.deepEqual([complaints, requests.length], [[], 1]);
});

test("html() draws every figure anew with JavaScript on, without a message or a request", async (open) => {
  const { page, complaints, requests } = await open();
  await readThrough(page);
  await page.waitForFunction("document.querySelectorAll('.is-live .live svg.marks').length === 2");
  const heights = await page.evaluate(`[...document.querySelectorAll("figure")].map((figure) => [
    figure.querySelector(".still").getBoundingClientRect().height > 0,
    figure.querySelector(".live svg.marks").getBoundingClientRect().height > 100,
    figure.querySelector(".controls").getBoundingClientRect().height > 0,
  ])`);
  assert.deepEqual(heights, [[false, true, true], [false, true, true]]);
  assert.deepEqual([complaints, requests.length], [[], 1]);
});

test("html() dims a series by its button, by keyboard too, and tells numbers at marks", async (open) => {
  const { page } = await open();
  await page.evaluate("document.querySelector('figure').scrollIntoView()");
  await page.waitForSelector("figure.is-live");
  const faint = `[...document.querySelectorAll("figure.is-live .live path[aria-label]")]
    .filter((mark) => Number(mark.getAttribute("opacity") ?? 1) < 0.1).length`;
  assert.equal(await page.evaluate(faint), 0);
  await page.focus("button[data-series='SAM <1>']");
  await page.keyboard.press("Enter");
  await page.waitForFunction(`${faint} >= 10`);
  assert.equal(await page.$eval("button[data-series='SAM <1>']", (button) => button.ariaPressed), "false");
  await page.keyboard.press("Space");
  await page.waitForFunction(`${faint} === 0`);
  const mark = await page.$("figure.is-live .live g.mark-symbol path[aria-label]");
  await mark!.hover();
  await page.waitForSelector("#vg-tooltip-element.visible");
  const tip = await page.$eval("#vg-tooltip-element", (element) => element.textContent);
  assert.match(tip!, /Test accuracy/);
});

test("html() zooms a figure with Ctrl and the wheel only, so that scrolling past it scrolls", async (open) => {
  const { page } = await open();
  await page.evaluate("document.querySelector('figure').scrollIntoView()");
  await page.waitForSelector("figure.is-live");
  const ticks =
    `[...document.querySelectorAll("figure.is-live .live .role-axis-label text")].map((t) => t.textContent).join()`;
  const before = await page.evaluate(ticks);
  const box = (await (await page.$("figure.is-live .live svg .background"))!.boundingBox())!;
  await page.mouse.move(box.x + 200, box.y + 150);
  await page.mouse.wheel({ deltaY: -100 });
  await page.evaluate("new Promise((done) => setTimeout(done, 200))");
  assert.equal(await page.evaluate(ticks), before);
  await page.evaluate("document.querySelector('figure').scrollIntoView()");
  const again = (await (await page.$("figure.is-live .live svg .background"))!.boundingBox())!;
  await page.mouse.move(again.x + 200, again.y + 150);
  await page.keyboard.down("Control");
  await page.mouse.wheel({ deltaY: -300 });
  await page.keyboard.up("Control");
  await page.waitForFunction(`${ticks} !== ${JSON.stringify(before)}`);
});

for (const scheme of ["light", "dark"] as const) {
  test(`html() passes axe's rules in a ${scheme} page`, async (open) => {
    const { page } = await open({ scheme });
    await readThrough(page);
    await page.waitForFunction("document.querySelectorAll('.is-live').length === 2");
    await page.evaluate(axe.source);
    const found = await page.evaluate(`axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) =>
      id + ": " + nodes.map(({ html, failureSummary }) => html.slice(0, 200) + failureSummary).join(" | ")))`);
    assert.deepEqual(found, []);
  });
}

for (const width of [360, 768, 1600]) {
  test(`html() fits a screen ${width} px wide: nothing but tables and figures scrolls sideways`, async (open) => {
    const { page } = await open({ width });
    await readThrough(page);
    assert.equal(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), true);
  });
}

test("html() prints still figures and every step of the methods", async (open) => {
  const { page } = await open();
  await readThrough(page);
  await page.waitForSelector("figure.is-live");
  await page.emulateMediaType("print");
  assert.deepEqual(
    await page.evaluate(`["nav", ".controls", ".is-live .live", ".is-live .still"].map((one) =>
      document.querySelector(one).getBoundingClientRect().height > 0)`),
    [false, false, false, true],
  );
  const pdf = await page.pdf({ format: "A4" });
  assert.equal(new TextDecoder().decode(pdf.slice(0, 5)), "%PDF-");
});
