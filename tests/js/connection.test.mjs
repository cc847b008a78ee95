import assert from "node:assert/strict";
import test from "node:test";

import { connected, reached, setting, until } from "./setting.mjs";
import { DELAYS, backOff } from "../../static/js/live/timing.js";

for (const code of [1000, 1001, 1006, 1009, 1011, 1012, 4008, 4408]) {
  test(`comes back after ${code} without asking for a newer token`, async (t) => {
    const s = await setting(t);
    const peer = await connected(s);
    const waiting = reached(s.live, "waiting");
    if (code === 1006) peer.drop();
    else peer.close(code);
    assert.equal((await waiting).reason, String(code));
    await s.server.next();
    assert.deepEqual(s.renewals, [false, false]);
  });
}

for (const [code, reason] of [
  [4403, "session_ended"],
  [4409, "too_many_devices"],
]) {
  test(`does not come back after ${code}`, async (t) => {
    const s = await setting(t);
    const peer = await connected(s);
    const stopped = reached(s.live, "stopped");
    peer.close(code);
    assert.equal((await stopped).reason, reason);
    assert.equal(s.live.state, "stopped");
  });
}

test("start() after too many devices takes the place back", async (t) => {
  const s = await setting(t);
  const peer = await connected(s);
  const stopped = reached(s.live, "stopped");
  peer.close(4409);
  await stopped;
  s.live.start();
  assert.equal((await s.server.next()).query.get("epoch"), "e1");
});

test("brings a renewed token at once when one has ended", async (t) => {
  const s = await setting(t, { delays: { backOffBase: 1e6, backOffCap: 1e6 } });
  const peer = await connected(s);
  peer.close(4401);
  assert.equal((await s.server.next()).token, "token-2");
  assert.deepEqual(s.renewals, [false, true]);
});

test("backs off when renewed tokens are refused, too", async (t) => {
  const s = await setting(t);
  s.live.start();
  const waits = [];
  s.live.on("state", ({ state, retryIn }) => state === "waiting" && waits.push(retryIn));
  for (let i = 0; i < 4; i++) (await s.server.next()).close(4401);
  await s.server.next();
  assert.deepEqual(s.renewals, [false, true, true, true, true]);
  assert.equal(waits.length, 3);
});

test("waits longer when it was flooding, also if somebody looks at the page", async (t) => {
  const page = new EventTarget();
  const s = await setting(t, { page, delays: { flooded: 60_000 } });
  const peer = await connected(s);
  const waiting = reached(s.live, "waiting");
  peer.close(4429);
  assert.ok((await waiting).retryIn >= 60_000);
  page.dispatchEvent(new Event("online"));
  assert.equal(s.live.state, "waiting");
});

test("renews in place when the server says that the token ends", async (t) => {
  const s = await setting(t);
  const peer = await connected(s);
  peer.send({ type: "auth.expiring", expires_in: 60 });
  assert.deepEqual(await peer.receive(), { type: "auth", token: "token-2" });
  assert.deepEqual(s.renewals, [false, true]);
});

test("tries a failed renewal again on the same connection", async (t) => {
  let failures = 2;
  const getToken = ({ renew }) => {
    if (renew && failures-- > 0) throw new Error("refresh failed");
    return "fresh";
  };
  const s = await setting(t, { getToken, delays: { answer: 5 } });
  const peer = await connected(s);
  peer.send({ type: "auth.expiring", expires_in: 60 });
  assert.deepEqual(await peer.receive(), { type: "auth", token: "fresh" });
  assert.equal(s.errors.length, 2);
});

test("stops when there is no token to be had any more", async (t) => {
  const s = await setting(t, { getToken: () => null });
  const stopped = reached(s.live, "stopped");
  s.live.start();
  assert.equal((await stopped).reason, "signed_out");
});

test("keeps trying while the server refuses connections", async (t) => {
  const s = await setting(t);
  s.server.accepts = false;
  const reasons = [];
  s.live.on("state", ({ state, reason }) => state === "waiting" && reasons.push(reason));
  s.live.start();
  await until(() => reasons.length >= 5);
  s.server.accepts = true;
  (await s.server.next()).welcome();
  await until(() => s.live.state === "live");
  assert.ok(reasons.every((reason) => reason === "1006"));
});

test("gives a silent connection up, and only a silent one", async (t) => {
  const s = await setting(t);
  const peer = await connected(s, { heartbeat: 0.03 });
  const waiting = reached(s.live, "waiting");
  const before = Date.now();
  await until(() => Date.now() - before > 200);
  assert.equal(s.live.state, "live"); // its pings were answered
  peer.isFrozen = true;
  assert.equal((await waiting).reason, "0");
  await s.server.next();
});

test("gives a handshake up that leads nowhere", async (t) => {
  const s = await setting(t, { delays: { connect: 20 } });
  s.live.start();
  await s.server.next(); // and no welcome
  await s.server.next();
});

test("the back-off is full jitter under a doubling ceiling", () => {
  const most = [0, 1, 2, 3, 4, 99].map((failures) => backOff(failures, DELAYS, () => 1));
  assert.deepEqual(most, [1000, 2000, 4000, 8000, 10_000, 10_000]);
  assert.equal(backOff(5, DELAYS, () => 0), 0);
});

test("answers ping() with the round trip, or refuses it", async (t) => {
  const s = await setting(t);
  await assert.rejects(s.live.ping());
  const peer = await connected(s);
  assert.ok((await s.live.ping()) >= 0);
  peer.isFrozen = true;
  const lost = assert.rejects(s.live.ping());
  peer.drop();
  await lost;
});
