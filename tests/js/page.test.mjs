import assert from "node:assert/strict";
import test from "node:test";

import { connected, reached, setting, until } from "./setting.mjs";

const NEVER = { backOffBase: 1e6, backOffCap: 1e6 };

class Page extends EventTarget {
  navigator = { onLine: true };
  document = Object.assign(new EventTarget(), { visibilityState: "visible" });

  go(state) {
    this.navigator.onLine = state === "online";
    this.dispatchEvent(new Event(state));
  }

  look(visibilityState) {
    this.document.visibilityState = visibilityState;
    this.document.dispatchEvent(new Event("visibilitychange"));
  }
}

async function waitingSetting(t) {
  const page = new Page();
  const s = await setting(t, { page, delays: NEVER });
  const peer = await connected(s);
  const waiting = reached(s.live, "waiting");
  peer.drop();
  await waiting;
  return { ...s, page };
}

test("comes back at once with the network", async (t) => {
  const s = await waitingSetting(t);
  s.page.go("online");
  await s.server.next();
});

test("comes back at once when somebody looks at the page again", async (t) => {
  const s = await waitingSetting(t);
  s.page.look("hidden");
  assert.equal(s.live.state, "waiting");
  s.page.look("visible");
  await s.server.next();
});

test("comes back at once when a frozen tab thaws", async (t) => {
  const s = await waitingSetting(t);
  s.page.document.dispatchEvent(new Event("resume"));
  await s.server.next();
});

test("tries seldom while there is no network", async (t) => {
  const page = new Page();
  const s = await setting(t, { page });
  const peer = await connected(s);
  page.navigator.onLine = false;
  const waiting = reached(s.live, "waiting");
  peer.drop();
  assert.ok((await waiting).retryIn >= 60_000);
});

for (const [name, happens] of [
  ["the network went", (page) => page.go("offline")],
  ["the network changed", (page) => page.go("online")],
  ["somebody looks again", (page) => page.look("visible")],
]) {
  test(`finds out when ${name} whether the connection lives`, async (t) => {
    const page = new Page();
    const s = await setting(t, { page });
    const peer = await connected(s);
    happens(page);
    await s.live.ping();
    assert.equal(s.live.state, "live");
    peer.isFrozen = true;
    const waiting = reached(s.live, "waiting");
    happens(page);
    await waiting;
  });
}

test("leaves no socket open when the page is hidden away, and resumes when it is shown", async (t) => {
  const page = new Page();
  const s = await setting(t, { page, delays: NEVER });
  const peer = await connected(s);
  peer.events(1, 2);
  await until(() => s.heard.at(-1) === 2);
  page.dispatchEvent(new Event("pagehide"));
  assert.equal(s.live.state, "waiting");
  page.dispatchEvent(new Event("pageshow"));
  assert.equal((await s.server.next()).query.get("since"), "2");
});

test("a stopped client does not listen to the page", async (t) => {
  const page = new Page();
  const s = await setting(t, { page });
  await connected(s);
  s.live.stop();
  page.go("online");
  page.dispatchEvent(new Event("pagehide"));
  page.dispatchEvent(new Event("pageshow"));
  assert.equal(s.live.state, "stopped");
});

test("a page left while its token is being fetched opens no socket", async (t) => {
  const page = new Page();
  let give;
  const getToken = () => new Promise((resolve) => (give = resolve));
  const s = await setting(t, { page, getToken, delays: NEVER });
  s.live.start();
  await until(() => give);
  page.dispatchEvent(new Event("pagehide"));
  give("late");
  await Promise.resolve();
  assert.equal(s.live.state, "waiting");
});
