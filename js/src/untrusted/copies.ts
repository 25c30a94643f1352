/**
 * @internal Runs a call of the facade, and fills the copies of bytes that it made with zeros when
 * it ends, also when it throws: what they hold may be a secret, and only the WebAssembly keeps it.
 * What outlives the call is copied once more.
 */
export function wiping<T>(body: () => T): T {
  const outer = running;
  const scope: Scope = { copies: undefined };
  running = scope;
  try {
    return body();
  } finally {
    running = outer;
    for (let each = scope.copies; each !== undefined; each = each.next) {
      apply(fill, each.copy, [0]);
    }
  }
}

/** @internal Has a copy wiped when the call that made it ends, if there is one. */
export function wipeLater(copy: Uint8Array): void {
  if (running !== undefined) running.copies = { copy, next: running.copies };
}

interface Scope {
  copies: Copies | undefined;
}

interface Copies {
  readonly copy: Uint8Array;
  readonly next: Copies | undefined;
}

/** The innermost call: a getter of an argument may call this package again. */
let running: Scope | undefined;

const { apply } = Reflect;
const { fill } = Uint8Array.prototype;
