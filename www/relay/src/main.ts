// Starts a relay as the environment says, and stops it when it is asked to.

import { fileURLToPath } from "node:url";
import { readConfig } from "./config.js";
import { startRelay } from "./relay.js";

/** Beside build/, from where this runs; or what tests have made of it. */
const pages = process.env["PAGES"] || fileURLToPath(new URL("../../../dist", import.meta.url));

const config = readConfig(process.env, pages);
const relay = await startRelay(config);
process.stdout.write(`listening on ${relay.url}\n`);

const stop = () => {
  // A second signal does not wait.
  process.once("SIGINT", () => process.exit(1));
  process.once("SIGTERM", () => process.exit(1));
  relay.close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
};
process.once("SIGINT", stop);
process.once("SIGTERM", stop);
