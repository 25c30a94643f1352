// What a browser may do to what is stored.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Desk } from "./people.js";
import { Stage } from "./stage.js";

const scene = await Stage.set();

/** Keeps the page's connections to its database, for a test to end them. */
const connections = `{
  globalThis.connections = [];
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (...given) {
    const request = open.apply(this, given);
    request.addEventListener("success", () => connections.push(request.result));
    return request;
  };
}`;

/** As a browser does, which then tells nobody but who uses them next. */
async function endConnections(desk: Desk): Promise<void> {
  await desk.page.evaluate(() => {
    const { connections } = globalThis as unknown as { connections: IDBDatabase[] };
    for (const connection of connections.splice(0)) connection.close();
  });
}

test("a page whose connection to its database has ended goes on", async () => {
  const { desk, phone } = await scene.couple({ content: connections });
  for (const text of ["One.", "Two."]) {
    await endConnections(desk);
    await desk.write(text);
    await desk.sees(text);
  }
  await phone.tab("Messages");
  await phone.select("Alice");
  await phone.sees("Two.");
  await scene.close(desk, phone);
});

test("a page whose database is deleted says so, and stores nothing in another one", async () => {
  const { desk, phone } = await scene.couple();
  await desk.page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.deleteDatabase("hushring:desk");
        request.onsuccess = () => resolve();
        request.onerror = () => reject(request.error);
      }),
  );
  await desk.write("One.");
  await desk.sees(/the browser has deleted what this installation stored/);
  // Its next start is that of a new installation.
  await desk.open();
  await desk.page.getByRole("button", { name: "Make an account" }).waitFor();
  await scene.close(desk, phone);
});

test("the browser is asked to keep what is stored, once, and the page says what it promised", async () => {
  const asks = (isKept: boolean) => `{
    let asked = Number(sessionStorage.asked ?? 0);
    navigator.storage.persist = async () => ((sessionStorage.asked = asked += 1), ${isKept});
    navigator.storage.persisted = async () => ${isKept};
  }`;
  for (const [isKept, text] of [
    [true, "This device · the browser keeps it"],
    [false, "This device · the browser may delete it"],
  ] as const) {
    const phone = await scene.phone({ content: asks(isKept) });
    await phone.makeAccount();
    for (const visit of ["first", "second"]) {
      if (visit === "second") await phone.open();
      await phone.tab("Device");
      await phone.sees(text);
      assert.equal(await phone.page.evaluate(() => sessionStorage.getItem("asked")), "1");
    }
    await scene.close(phone);
  }
});
