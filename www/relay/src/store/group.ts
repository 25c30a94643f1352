// Group commit. Whatever is asked for while a transaction runs shares the next one, so that one
// fsync makes all of it durable. A single post costs one fsync; a thousand at once cost a few.

import type { Kysely, Transaction } from "kysely";
import { Refusal } from "../refusal.js";
import type { Post, PostOutcome } from "./store.js";
import type { Tables } from "./tables.js";

/** Envelopes and changes in one transaction. */
const maxEnvelopes = 512;
const maxChanges = 256;

/** What waits for a transaction. More than that is refused rather than remembered. */
const maxWaiting = 20_000;

interface Waiting<In, Out> {
  readonly input: In;
  readonly resolve: (output: Out) => void;
  readonly reject: (error: unknown) => void;
}

type Change = (trx: Transaction<Tables>) => Promise<unknown>;
type PostAll = (trx: Transaction<Tables>, posts: readonly Post[]) => Promise<PostOutcome[]>;

export class GroupCommit {
  readonly #db: Kysely<Tables>;
  readonly #postAll: PostAll;
  #posts: Waiting<Post, PostOutcome>[] = [];
  #changes: Waiting<Change, unknown>[] = [];
  #running: Promise<void> | undefined;

  constructor(db: Kysely<Tables>, postAll: PostAll) {
    this.#db = db;
    this.#postAll = postAll;
  }

  post(post: Post): Promise<PostOutcome> {
    return new Promise((resolve, reject) => {
      this.#add(this.#posts, { input: post, resolve, reject });
    });
  }

  change<T>(change: (trx: Transaction<Tables>) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiting = { input: change, resolve: resolve as (output: unknown) => void, reject };
      this.#add(this.#changes, waiting);
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  #add<In, Out>(list: Waiting<In, Out>[], waiting: Waiting<In, Out>): void {
    if (list.length >= maxWaiting) {
      waiting.reject(new Refusal("unavailable", "the store is behind", { retryAfter: 1 }));
      return;
    }
    list.push(waiting);
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    while (this.#posts.length > 0 || this.#changes.length > 0) {
      // What has arrived in this turn of the event loop comes along.
      await new Promise<void>((resolve) => setImmediate(resolve));
      const posts = takePosts(this.#posts);
      const changes = this.#changes.splice(0, maxChanges);
      try {
        await this.#commit(posts, changes);
      } catch {
        // One of them failed, and so none is stored. Apart from each other, only that one fails.
        for (const post of posts) await this.#commit([post], []).catch(post.reject);
        for (const change of changes) await this.#commit([], [change]).catch(change.reject);
      }
    }
    this.#running = undefined;
  }

  async #commit(
    posts: readonly Waiting<Post, PostOutcome>[],
    changes: readonly Waiting<Change, unknown>[],
  ): Promise<void> {
    const done: (() => void)[] = [];
    await this.#db.transaction().execute(async (trx) => {
      if (posts.length > 0) {
        const outcomes = await this.#postAll(
          trx,
          posts.map(({ input }) => input),
        );
        posts.forEach(({ resolve }, index) => {
          done.push(() => resolve(outcomes[index] as PostOutcome));
        });
      }
      for (const { input, resolve } of changes) {
        const output = await input(trx);
        done.push(() => resolve(output));
      }
    });
    for (const resolve of done) resolve();
  }
}

function takePosts(waiting: Waiting<Post, PostOutcome>[]): Waiting<Post, PostOutcome>[] {
  let [count, envelopes] = [0, 0];
  for (const { input } of waiting) {
    envelopes += input.envelopes.length;
    if (count > 0 && envelopes > maxEnvelopes) break;
    count += 1;
  }
  return waiting.splice(0, count);
}
