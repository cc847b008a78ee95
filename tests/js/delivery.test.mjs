import assert from "node:assert/strict";
import test from "node:test";

import { connected, reached, setting, until } from "./setting.mjs";
import { webStorage } from "../../static/js/daftar-live.js";

const upTo = (n) => Array.from({ length: n }, (_, i) => i + 1);

test("signs in by subprotocol, never by the URL", async (t) => {
  const { server, live } = await setting(t);
  live.start();
  const peer = await server.next();
  assert.equal(peer.token, "token-1");
  assert.equal(peer.query.size ?? [...peer.query].length, 0);
});

test("begins with a resync and goes on in order", async (t) => {
  const s = await setting(t);
  const peer = await connected(s, { head: 7 });
  peer.events(8, 10);
  await until(() => s.heard.length === 4);
  assert.deepEqual(s.heard, ["resync 7", 8, 9, 10]);
});

test("resumes after the last event, on every connection", async (t) => {
  const s = await setting(t);
  let peer = await connected(s);
  for (let round = 0; round < 5; round++) {
    peer.events(round * 3 + 1, round * 3 + 3);
    await until(() => s.heard.at(-1) === round * 3 + 3);
    peer.drop();
    peer = await s.server.next();
    assert.equal(peer.query.get("since"), String(round * 3 + 3));
    assert.equal(peer.query.get("epoch"), "e1");
    peer.welcome({ head: round * 3 + 3, resumed: true });
  }
  assert.deepEqual(s.heard, ["resync 0", ...upTo(15)]);
});

test("hears a repeated event once", async (t) => {
  const s = await setting(t);
  const peer = await connected(s);
  peer.events(1, 3);
  peer.events(2, 4);
  await until(() => s.heard.at(-1) === 4);
  assert.deepEqual(s.heard, ["resync 0", 1, 2, 3, 4]);
});

test("asks once for what a hole lacks and delivers nothing past it", async (t) => {
  const s = await setting(t);
  const peer = await connected(s);
  peer.events(1, 2);
  peer.events(5, 7);
  peer.events(8, 9);
  let asked = await peer.receive();
  while (asked.type === "ack") asked = await peer.receive();
  assert.deepEqual(asked, { type: "resume", since: 2, epoch: "e1" });
  assert.deepEqual(s.heard, ["resync 0", 1, 2]);
  peer.welcome({ head: 9, resumed: true });
  peer.events(3, 9);
  await until(() => s.heard.at(-1) === 9);
  assert.deepEqual(s.heard, ["resync 0", ...upTo(9)]);
});

test("asks again when what it asked was one frame too many", async (t) => {
  const s = await setting(t);
  const peer = await connected(s);
  peer.events(2, 2);
  const asked = { type: "resume", since: 0, epoch: "e1" };
  assert.deepEqual(await peer.receive(), asked);
  peer.send({ type: "error", code: "rate_limited", detail: "" });
  assert.deepEqual(await peer.receive(), asked);
  peer.welcome({ head: 2, resumed: true });
  peer.events(1, 2);
  await until(() => s.heard.at(-1) === 2);
});

test("asks when the heartbeat's head stays ahead of it", async (t) => {
  const s = await setting(t);
  const peer = await connected(s);
  peer.send({ type: "heartbeat", head: 2 });
  assert.deepEqual(await peer.receive(), { type: "resume", since: 0, epoch: "e1" });
});

test("does not ask when the promised event comes in time", async (t) => {
  const s = await setting(t);
  const peer = await connected(s);
  const before = Date.now();
  peer.send({ type: "heartbeat", head: 1 });
  peer.events(1, 1);
  assert.deepEqual(await peer.receive(), { type: "ack", seq: 1 });
  await until(() => Date.now() - before > 60); // the time it has to come in is 40
  await s.live.ping();
  assert.ok(peer.hasNothing);
});

test("takes a restored database for a new stream", async (t) => {
  const s = await setting(t);
  let peer = await connected(s, { head: 5 });
  peer.events(6, 8);
  await until(() => s.heard.at(-1) === 8);
  peer.drop();
  peer = await s.server.next();
  peer.welcome({ epoch: "e2", head: 3 });
  peer.events(4, 4);
  await until(() => s.heard.at(-1) === 4);
  assert.deepEqual(s.heard, ["resync 5", 6, 7, 8, "resync 3", 4]);
  let frame = await peer.receive();
  assert.deepEqual(frame, { type: "ack", seq: 4 });
});

test("holds events back until the listener's promise is settled", async (t) => {
  const s = await setting(t);
  const begun = [];
  let settle;
  s.live.on("event", ({ seq }) => {
    begun.push(seq);
    return new Promise((resolve) => (settle = resolve));
  });
  const peer = await connected(s);
  peer.events(1, 3);
  for (const seq of [1, 2, 3]) {
    await until(() => begun.length === seq);
    settle();
  }
  assert.deepEqual(begun, [1, 2, 3]);
});

test("tries a failed resync again before any event", async (t) => {
  const s = await setting(t);
  let failures = 3;
  s.live.on("resync", async () => {
    if (failures-- > 0) throw new Error("offline");
  });
  const peer = await connected(s, { head: 4 });
  peer.events(5, 5);
  await until(() => s.heard.at(-1) === 5);
  assert.deepEqual(s.heard, [...Array(4).fill("resync 4"), 5]);
  assert.equal(s.errors.length, 3);
});

test("goes on after a listener that throws", async (t) => {
  const s = await setting(t);
  s.live.on("event", ({ seq }) => {
    if (seq === 2) throw new Error("a bug of the page");
  });
  const peer = await connected(s);
  peer.events(1, 3);
  await until(() => s.heard.at(-1) === 3);
  assert.deepEqual(s.errors.map(String), ["Error: a bug of the page"]);
});

test("keeps its place across pages in the store it is given", async (t) => {
  const kept = new Map();
  const storage = { getItem: (k) => kept.get(k) ?? null, setItem: (k, v) => kept.set(k, v) };
  const first = await setting(t, { store: webStorage("aziza", storage) });
  const peer = await connected(first);
  peer.events(1, 2);
  await until(() => first.heard.at(-1) === 2);
  first.live.stop();
  const second = await setting(t, { store: webStorage("aziza", storage) });
  second.live.start();
  const { query } = await second.server.next();
  assert.equal(query.get("since"), "2");
});

test("stop() leaves undelivered events to the next start()", async (t) => {
  const s = await setting(t);
  let letGo;
  const once = s.live.on("event", () => new Promise((resolve) => (letGo = resolve)));
  const peer = await connected(s);
  peer.events(1, 5);
  await until(() => letGo);
  s.live.stop();
  once();
  letGo();
  s.live.start();
  const again = await s.server.next();
  assert.equal(again.query.get("since"), "1");
  again.welcome({ head: 5, resumed: true });
  again.events(2, 5);
  await until(() => s.heard.at(-1) === 5);
  assert.deepEqual(s.heard, ["resync 0", ...upTo(5)]);
});

test("a burst of 1,000 is heard whole and acknowledged often enough", async (t) => {
  const s = await setting(t);
  const peer = await connected(s);
  peer.events(1, 1000);
  let acked = 0;
  while (acked < 1000) {
    const { type, seq } = await peer.receive();
    assert.equal(type, "ack");
    assert.ok(seq - acked <= 64, `from ${acked} to ${seq}`);
    acked = seq;
  }
  assert.deepEqual(s.heard, ["resync 0", ...upTo(1000)]);
});

test("acknowledges a lone event in time", async (t) => {
  const s = await setting(t, { delays: { ack: 30 } });
  const peer = await connected(s);
  peer.events(1, 1);
  assert.deepEqual(await peer.receive(), { type: "ack", seq: 1 });
  peer.events(2, 2);
  assert.deepEqual(await peer.receive(), { type: "ack", seq: 2 });
});

test("acknowledges only what the listeners have had", async (t) => {
  const s = await setting(t, { delays: { ack: 1 } });
  let letGo;
  s.live.on("event", ({ seq }) => seq === 2 && new Promise((resolve) => (letGo = resolve)));
  const peer = await connected(s);
  peer.events(1, 2);
  await until(() => letGo);
  peer.send({ type: "heartbeat", head: 2 });
  assert.deepEqual(await peer.receive(), { type: "ack", seq: 1 });
  await s.live.ping();
  assert.ok(peer.hasNothing);
  letGo();
  assert.deepEqual(await peer.receive(), { type: "ack", seq: 2 });
});

test("hears typing, presence and posts beside the stream", async (t) => {
  const s = await setting(t);
  const seen = [];
  for (const name of ["typing", "presence", "post"]) s.live.on(name, ({ type }) => seen.push(type));
  const peer = await connected(s);
  peer.send({ type: "typing", thread: 1, user: 2 }, { type: "presence", user: 2, online: true });
  peer.send({ type: "post", event: "post.created", data: {} });
  await until(() => seen.length === 3);
  assert.deepEqual(seen, ["typing", "presence", "post"]);
});

test("watches again after a reconnect, and types at most once in a while", async (t) => {
  const s = await setting(t);
  let peer = await connected(s);
  s.live.watch("feed");
  s.live.typing(3);
  s.live.typing(3);
  s.live.typing(4);
  const frames = [await peer.receive(), await peer.receive(), await peer.receive()];
  assert.deepEqual(frames.map(({ type, thread }) => [type, thread]), [
    ["watch", undefined],
    ["typing", 3],
    ["typing", 4],
  ]);
  const back = reached(s.live, "live");
  peer.drop();
  peer = await s.server.next();
  peer.welcome({ resumed: true });
  await back;
  assert.deepEqual(await peer.receive(), { type: "watch", channel: "feed" });
});
