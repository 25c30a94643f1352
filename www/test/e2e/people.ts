// The pages as people use them: by what is written on the buttons.

import assert from "node:assert/strict";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import type { TestRelay } from "./relay.js";

/** Debian's, or the one that the environment names. */
const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

const arguments_ = [
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
];

export function launch(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath, args: [...arguments_, ...more] });
}

/** As long as a step may take on a busy machine. What has to be quick is measured. */
const patience = 20_000;

/** What both pages have. */
abstract class App {
  /** What the page has complained of. */
  readonly complaints: string[] = [];
  protected abstract readonly path: string;

  constructor(
    readonly context: BrowserContext,
    protected readonly relay: TestRelay,
    public page: Page,
  ) {
    this.#watch(page);
  }

  get url(): string {
    return this.relay.url + this.path;
  }

  /** Opens the page, or opens it again. */
  async open(): Promise<void> {
    await this.page.goto(this.url);
  }

  /** Closes the page: the phone is off, and its worker gets no push. */
  async close(): Promise<void> {
    await this.page.close();
  }

  async reopen(): Promise<void> {
    this.page = await this.context.newPage();
    this.#watch(this.page);
    await this.open();
  }

  async makeAccount(): Promise<void> {
    await this.open();
    await this.press("Make an account");
    await this.connected();
  }

  connected(): Promise<void> {
    return this.page.getByText("Connected", { exact: true }).first().waitFor();
  }

  press(name: string): Promise<void> {
    return this.page.getByRole("button", { name, exact: true }).click();
  }

  sees(text: string | RegExp): Promise<void> {
    return this.page.getByText(text).first().waitFor();
  }

  async seesNo(text: string | RegExp): Promise<void> {
    assert.equal(await this.page.getByText(text).count(), 0, `${text} is on the ${this.path}`);
  }

  abstract showAdd(): Promise<void>;

  /** The code that this one gives others. */
  async code(): Promise<string> {
    await this.showAdd();
    return this.page.getByLabel("Your code", { exact: true }).inputValue();
  }

  /** Adds a contact by a code, and compares. */
  async add(code: string, name: string): Promise<void> {
    await this.showAdd();
    await this.page.getByLabel("Their code").fill(code);
    await this.page.getByLabel("Name that you give").first().fill(name);
    await this.press("Continue");
    await this.press("Both are the same");
  }

  call(hasVideo = false): Promise<void> {
    return this.press(hasVideo ? "Call with video" : "Call");
  }

  rings(): Promise<void> {
    return this.page.getByRole("alertdialog").waitFor();
  }

  async doesNotRing(): Promise<void> {
    assert.equal(await this.page.getByRole("alertdialog").count(), 0, `${this.path} rings`);
  }

  stopsRinging(): Promise<void> {
    return this.page.getByRole("alertdialog").waitFor({ state: "hidden" });
  }

  answer(): Promise<void> {
    return this.press("Answer");
  }

  /** Answers at once, without a look at whether the button stands still. */
  async answerNow(): Promise<void> {
    await this.page.evaluate(() => {
      const buttons = [...document.querySelectorAll("button")];
      buttons.find(({ textContent }) => textContent?.includes("Answer"))?.click();
    });
  }

  /** Resolves once media comes in: by what the connection has counted, not by its state. */
  async hears(): Promise<void> {
    await this.page.getByText("Media flows").waitFor();
  }

  isOver(): Promise<void> {
    return this.page.getByRole("region", { name: /^Call with/ }).waitFor({ state: "hidden" });
  }

  #watch(page: Page): void {
    page.setDefaultTimeout(patience);
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      const text = message.text();
      // What a browser does not know is of no concern; nor a relay that a test has killed.
      const isNoise = /Permissions-Policy|Failed to load resource|net::ERR_/.test(text);
      if (message.type() === "error" && !isNoise) this.complaints.push(text);
    });
  }
}

export class Desk extends App {
  protected readonly path = "/";

  static async open(browser: Browser, relay: TestRelay, init?: Init): Promise<Desk> {
    const context = await browser.newContext({ viewport: { width: 1_400, height: 900 } });
    if (init !== undefined) await context.addInitScript(init);
    return new Desk(context, relay, await context.newPage());
  }

  showAdd(): Promise<void> {
    return this.page.getByRole("navigation").getByRole("button", { name: /^Add/ }).click();
  }

  async select(name: string): Promise<void> {
    await this.page.getByLabel("Contacts").getByRole("button", { name }).click();
  }

  async write(text: string, to = "Bob"): Promise<void> {
    await this.page.getByLabel(`Message to ${to}`).fill(text);
    await this.press("Send");
  }

  /** Waits until the keys of the selected contact are known: they are fetched on a schedule. */
  async reaches(): Promise<void> {
    await this.page.getByPlaceholder("Message", { exact: true }).waitFor();
  }
}

export class Phone extends App {
  protected readonly path: string;

  private constructor(
    context: BrowserContext,
    relay: TestRelay,
    page: Page,
    readonly number: number,
  ) {
    super(context, relay, page);
    this.path = number === 1 ? "/phone/" : `/phone/?device=${number}`;
  }

  static async open(browser: Browser, relay: TestRelay, init?: Init): Promise<Phone> {
    const context = await browser.newContext({ viewport: { width: 420, height: 860 } });
    if (init !== undefined) await context.addInitScript(init);
    return new Phone(context, relay, await context.newPage(), 1);
  }

  /** A second phone in the same browser. */
  async another(): Promise<Phone> {
    return new Phone(this.context, this.relay, await this.context.newPage(), this.number + 1);
  }

  tab(name: "Calls" | "Messages" | "People" | "Silent" | "Device"): Promise<void> {
    return this.page
      .getByRole("navigation", { name: "Views" })
      .getByRole("button", { name: new RegExp(`^${name}`) })
      .click();
  }

  async missedCalls(): Promise<number> {
    await this.tab("Calls");
    return this.page.getByLabel("Missed calls").getByRole("listitem").count();
  }

  async showAdd(): Promise<void> {
    await this.tab("People");
    const isThere = await this.page.getByLabel("Their code").isVisible();
    if (!isThere) await this.press("Add a contact");
  }

  async select(name: string): Promise<void> {
    await this.page.getByLabel("Contacts").getByRole("button", { name }).click();
  }
}

type Init = Parameters<BrowserContext["addInitScript"]>[0];

/** Two people who have compared fingerprints, and whose keys are fetched. */
export async function introduce(desk: Desk, phone: Phone): Promise<void> {
  await Promise.all([desk.makeAccount(), phone.makeAccount()]);
  const [ofDesk, ofPhone] = [await desk.code(), await phone.code()];
  await Promise.all([desk.add(ofPhone, "Bob"), phone.add(ofDesk, "Alice")]);
  await desk.reaches();
}

/** Links another phone to the account of the first one, by the code as text. */
export async function link(first: Phone, other: Phone): Promise<void> {
  await other.open();
  await other.press("Link this phone");
  const field = other.page.getByLabel("Link code", { exact: true });
  await other.page.waitForFunction(() => {
    const input = document.querySelector<HTMLInputElement>("input.mono");
    return (input?.value ?? "") !== "";
  });
  await grant(first, await field.inputValue());
  await other.press("The same: link");
  await other.connected();
}

/** On the first phone: takes a code, and links whoever asks under it. */
export async function grant(first: Phone, code: string): Promise<void> {
  await first.tab("Device");
  await first.press("Link another device");
  await first.page.getByLabel("Link code").fill(code);
  await first.press("Continue");
  await first.press("Link it");
  await first.sees("Linked. Compare the fingerprint");
}
