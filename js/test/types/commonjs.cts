// In CommonJS, by require or by import.

import hushring = require("hushring");

import { Account, type Bytes } from "hushring";
import { apnsRequest } from "hushring/relay";
import { init } from "hushring/slim";

const account: hushring.Account = Account.generate();
const key: Bytes = account.publicKey;
init(key);
apnsRequest(key, { deviceToken: "00", topic: "a" });
// @ts-expect-error: a key is bytes
account.publicKey satisfies string;
