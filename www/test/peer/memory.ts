// An installation's records in memory, for tests of what changes them.

import type { Records } from "../../src/peer/records.js";
import type { Session, SharedInbox } from "../../src/peer/shared-inbox.js";

export interface Memory {
  readonly shared: SharedInbox;
  readonly session: Session;
  readonly records: Partial<Records>;
}

/** `more` is what else a test needs of a session or of the shared inbox. */
export function memory(
  records: Partial<Records>,
  more: { readonly session?: object; readonly shared?: object } = {},
): Memory {
  const read = async (name: keyof Records) => records[name];
  const write = (name: keyof Records, value: unknown) => {
    Object.assign(records, { [name]: value });
  };
  const session = { read, write, ...more.session } as unknown as Session;
  const shared = {
    vault: { read },
    run: async (work: (session: Session) => unknown) => work(session),
    ...more.shared,
  } as unknown as SharedInbox;
  return { shared, session, records };
}
