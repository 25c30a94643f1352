import assert from "node:assert/strict";
import { test } from "node:test";
import { Stage } from "./stage.js";

const scene = await Stage.set();

test("a stranger's call does not ring; accepted, what was held comes, and the next call rings", async () => {
  const [desk, phone] = await Promise.all([scene.desk(), scene.phone()]);
  await Promise.all([desk.makeAccount(), phone.makeAccount()]);
  await desk.add(await phone.code(), "Bob");
  await desk.reaches();
  await desk.write("It is me, Alice");
  await desk.sees(/Sent/);
  await desk.call();
  await phone.page.getByText("Somebody you do not know").waitFor();
  await phone.sees(/2 envelopes/);
  await phone.doesNotRing();
  await phone.seesNo("It is me, Alice");
  await desk.press("Cancel");

  await phone.page.getByRole("listitem").getByLabel("Name that you give").fill("Alice");
  await phone.press("Accept");
  await phone.tab("Messages");
  await phone.select("Alice");
  await phone.sees("It is me, Alice");
  await desk.isOver();
  await desk.call();
  await phone.rings();
  await phone.press("Decline");
  await scene.close(desk, phone);
});

test("a stranger who is blocked is neither heard nor listed again", async () => {
  const [desk, phone] = await Promise.all([scene.desk(), scene.phone()]);
  await Promise.all([desk.makeAccount(), phone.makeAccount()]);
  await desk.add(await phone.code(), "Bob");
  await desk.reaches();
  await desk.write("Cheap pills");
  await phone.sees("Somebody you do not know");
  await phone.press("Block");
  await phone.page.getByText("Somebody you do not know").waitFor({ state: "hidden" });
  await desk.write("Cheaper pills");
  await desk.call();
  await phone.tab("Silent");
  await phone.page.waitForFunction(
    () => (document.body.textContent?.match(/From a stranger/g) ?? []).length >= 3,
  );
  await phone.doesNotRing();
  await phone.tab("People");
  await phone.seesNo("Somebody you do not know");
  await scene.close(desk, phone);
});

test("an account that was never compared cannot be called", async () => {
  const [desk, phone] = await Promise.all([scene.desk(), scene.phone()]);
  await Promise.all([desk.makeAccount(), phone.makeAccount()]);
  await desk.showAdd();
  await desk.page.getByLabel("Their code").fill(await phone.code());
  await desk.press("Continue");
  await desk.sees("Compare fingerprints first");
  assert.equal(await desk.page.getByRole("button", { name: "Call", exact: true }).count(), 0);
  await desk.press("They differ");
  await desk.sees("They differ, so the contact is removed.");
  await scene.close(desk, phone);
});

test("one's own code, and what is no code, are refused in words", async () => {
  const desk = await scene.desk();
  await desk.makeAccount();
  const own = await desk.code();
  await desk.page.getByLabel("Their code").fill(own);
  await desk.press("Continue");
  await desk.sees("This is your own code");
  await desk.page.getByLabel("Their code").fill("hello");
  await desk.press("Continue");
  await desk.sees("This is not a contact’s code");
  await scene.close(desk);
});
