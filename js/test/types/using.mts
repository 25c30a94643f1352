// With a library that has Symbol.dispose: `using` works.

import { Account, type Resource } from "hushring";

{
  using account = Account.generate();
  const disposable: Disposable = account;
  const resource: Resource = account;
  disposable[Symbol.dispose]();
  resource[Symbol.dispose]();
}
