/** @file A real browser for tests: Chromium, without a network. */
import puppeteer, { type Browser, type Page } from "puppeteer-core";

/** Where Chromium is: told by `ENGRAM_TEST_CHROMIUM`, or where systems put it; empty where there is none. */
export const chromium = Deno.env.get("ENGRAM_TEST_CHROMIUM") ??
  ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(exists) ?? "";

/** What a test's name ends in. */
export const orSkipped = chromium === "" ? " (skipped: ENGRAM_TEST_CHROMIUM names no browser)" : "";

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** How a page is looked at. */
export interface View {
  readonly width?: number;
  readonly javaScript?: boolean;
  readonly scheme?: "light" | "dark";
}

/** A page, and everything that went wrong on it or was asked of a network. */
export interface Opened {
  readonly page: Page;
  readonly complaints: string[];
  readonly requests: string[];
}

/** Opens HTML files. */
export class Reader implements AsyncDisposable {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<Reader> {
    const args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
    return new Reader(await puppeteer.launch({ executablePath: chromium, args }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }

  async open(file: string, { width = 1280, javaScript = true, scheme = "light" }: View = {}): Promise<Opened> {
    const page = await this.#browser.newPage();
    const [complaints, requests]: string[][] = [[], []];
    page.on("console", (message) => complaints!.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => complaints!.push(String(error)));
    page.on("request", (request) => {
      if (!/^(data|blob):/.test(request.url())) requests!.push(request.url());
    });
    await page.setJavaScriptEnabled(javaScript);
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([
      { name: "prefers-color-scheme", value: scheme },
      { name: "prefers-reduced-motion", value: "reduce" },
    ]);
    await page.goto(`file://${file}`, { waitUntil: "load" });
    return { page, complaints: complaints!, requests: requests! };
  }
}

/** Scrolls through a page, so that what is drawn when it comes near is drawn. */
export async function readThrough(page: Page): Promise<void> {
  const height = Number(await page.evaluate("document.documentElement.scrollHeight"));
  for (let y = 0; y <= height; y += 700) {
    await page.evaluate(`scrollTo(0, ${y})`);
    await page.evaluate("new Promise(requestAnimationFrame)");
  }
}
