// What every test of the pages needs: a relay, a browser, and a look at what has gone wrong.

import assert from "node:assert/strict";
import { after } from "node:test";
import type { Browser } from "playwright-core";
import { Desk, introduce, launch, Phone } from "./people.js";
import { TestRelay } from "./relay.js";

type App = Desk | Phone;

export class Stage {
  readonly #apps: App[] = [];

  private constructor(
    readonly relay: TestRelay,
    readonly browser: Browser,
  ) {}

  /** Sets the stage for the tests of a file, and clears it after them. */
  static async set(env: NodeJS.ProcessEnv = {}, args: readonly string[] = []): Promise<Stage> {
    const stage = new Stage(...(await Promise.all([TestRelay.start(env), launch(args)])));
    after(() => stage.#clear());
    return stage;
  }

  async desk(init?: Init): Promise<Desk> {
    return this.add(await Desk.open(this.browser, this.relay, init));
  }

  async phone(init?: Init): Promise<Phone> {
    return this.add(await Phone.open(this.browser, this.relay, init));
  }

  /** Two people who know each other. */
  async couple(init?: Init): Promise<{ desk: Desk; phone: Phone }> {
    const [desk, phone] = await Promise.all([this.desk(init), this.phone(init)]);
    await introduce(desk, phone);
    return { desk, phone };
  }

  /** One that a test has opened itself. */
  add<Any extends App>(app: Any): Any {
    this.#apps.push(app);
    return app;
  }

  /** Closes these, which the next tests do not need. */
  async close(...apps: readonly App[]): Promise<void> {
    for (const context of new Set(apps.map((app) => app.context))) await context.close();
  }

  /** No page has violated its policy, nothing has thrown there, and no error was logged. */
  async #clear(): Promise<void> {
    try {
      assert.equal(await this.relay.violations(), 0, "a page has violated its policy");
      assert.deepEqual(
        this.#apps.flatMap(({ complaints }) => complaints),
        [],
      );
    } finally {
      await this.browser.close();
      await this.relay.close();
    }
  }
}

type Init = Parameters<typeof Desk.open>[2];
