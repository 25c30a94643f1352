// Another implementation of the envelope, version 1, from its specification:
//
//   node hushring.mjs play <folder>…    plays the vectors below these folders
//   node hushring.mjs write <folder>    writes fresh ones

import { playAll } from "./play.mjs";
import { writeAll } from "./write.mjs";

const [command, ...folders] = process.argv.slice(2);
if (command === "play" && folders.length > 0) {
  if (!(await playAll(folders))) process.exitCode = 1;
} else if (command === "write" && folders.length === 1) {
  await writeAll(folders[0]);
} else {
  throw new Error("usage: hushring.mjs play <folder>… | write <folder>");
}
