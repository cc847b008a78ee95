/** What most tests begin with: a server, a client of Aziza's with short delays, what she hears. */
import { startServer } from "./fake-server.mjs";
import { NodeWebSocket } from "./rfc6455.mjs";
import { DaftarLive } from "../../static/js/daftar-live.js";

const SHORT = { ack: 20, answer: 40, backOffBase: 4, backOffCap: 16, flooded: 40, connect: 2000 };

export async function setting(t, options = {}) {
  const server = await startServer();
  const renewals = [];
  const live = new DaftarLive({
    url: server.url,
    WebSocket: NodeWebSocket,
    page: new EventTarget(),
    getToken: ({ renew }) => {
      renewals.push(renew);
      return `token-${renewals.length}`;
    },
    ...options,
    delays: { ...SHORT, ...options.delays },
  });
  t.after(() => {
    live.stop();
    return server.stop();
  });
  return { server, live, renewals, ...heardBy(live) };
}

function heardBy(live) {
  const heard = [];
  const errors = [];
  live.on("event", ({ seq }) => heard.push(seq));
  live.on("resync", ({ seq }) => heard.push(`resync ${seq}`));
  live.on("error", (error) => errors.push(error));
  return { heard, errors };
}

/** The next time the client says `state`; what it said with it. */
export function reached(live, state) {
  return new Promise((resolve) => {
    const forget = live.on("state", (said) => {
      if (said.state !== state) return;
      forget();
      resolve(said);
    });
  });
}

/** When `holds()` is true; the test's time limit ends a vain wait. */
export async function until(holds) {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Live, with nothing missed: the server's side of the connection. */
export async function connected({ server, live }, fields = {}) {
  live.start();
  const peer = await server.next();
  peer.welcome(fields);
  await until(() => live.state === "live");
  return peer;
}
