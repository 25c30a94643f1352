import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** Debian's Chromium. As root it has no sandbox. */
export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--autoplay-policy=no-user-gesture-required",
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
    ],
  });

export const laptop = { width: 1440, height: 900 };
export const handset = { width: 390, height: 844 };

/** A page that writes down what must not happen, from its first moment on. */
export interface Watched extends AsyncDisposable {
  readonly page: Page;
  /** Errors on the console, uncaught ones, and whatever the policy refused. */
  readonly complaints: string[];
  /** The sum of all layout shifts, also of those that follow an input. */
  layoutShift(): Promise<number>;
}

export async function open(browser: Browser, options: BrowserContextOptions): Promise<Watched> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(globalThis, { shifts });
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`refused by policy: ${event.violatedDirective} ${event.sourceFile}`);
    });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if ("value" in entry) shifts.push(Number(entry.value));
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  return {
    page,
    complaints,
    layoutShift: () =>
      page.evaluate(async () => {
        // Two frames: the last shift is reported with the frame after it.
        for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
        const { shifts } = globalThis as unknown as { shifts: readonly number[] };
        return shifts.reduce((sum, shift) => sum + shift, 0);
      }),
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** What a view of the fixture has asked for. */
export const said = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as { said: string[] }).said);
