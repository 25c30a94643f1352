// With a library that has none: everything else does.

import { Account } from "hushring";

const account = Account.generate();
account.free();
// @ts-expect-error: no such symbol
account[Symbol.dispose]();
