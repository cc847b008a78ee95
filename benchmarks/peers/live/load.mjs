/**
 * The load client for all three: raw sockets, counted without being understood.
 * Orders come as JSON lines on stdin, each answered by one on stdout.
 */
import net from "node:net";
import readline from "node:readline";

import { NodeWebSocket } from "../../../tests/js/rfc6455.mjs";

const now = () => performance.timeOrigin + performance.now();
const NUMBER = Buffer.from('"n":').toString();

const TRIES = 5;
const LOST_AFTER_MS = 5_000;
const CLOSE_PATIENCE_MS = 10_000;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const DIALECTS = {
  daftar: {
    url: (port) => `ws://127.0.0.1:${port}/ws/`,
    isWelcome: (text) => text.startsWith('{"type":"welcome"'),
    greet: (socket) => socket.send('{"type":"watch","channel":"feed"}'),
  },
  stock: {
    url: (port) => `ws://127.0.0.1:${port}/ws/`,
    isWelcome: (text) => text.startsWith('{"type":"welcome"'),
    greet: () => {},
  },
  socketio: {
    url: (port) => `ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`,
    isWelcome: (text) => text.startsWith('42["welcome"'),
    greet: () => {},
    answer(socket, text) {
      if (text[0] === "0") socket.send("40");
      else if (text === "2") socket.send("3");
    },
  },
};

let sockets = [];
let onMessage = () => {};

/** One socket, signed in. Gives the milliseconds that took. */
function open(dialect, port, token) {
  const started = now();
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${token}` };
    const socket = new NodeWebSocket(dialect.url(port), [], { headers });
    let isWelcome = false;
    socket.onmessage = ({ data }) => {
      const at = data.indexOf(NUMBER);
      if (at >= 0) return onMessage(parseInt(data.slice(at + 4, at + 14), 10), now());
      if (isWelcome || !dialect.isWelcome(data)) return dialect.answer?.(socket, data);
      isWelcome = true;
      dialect.greet(socket);
      sockets.push(socket);
      resolve(now() - started);
    };
    socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
  });
}

async function connect({ kind, port, tokens, atOnce }) {
  const dialect = DIALECTS[kind];
  const started = now();
  const took = [];
  let refused = 0;
  let next = 0;
  const worker = async () => {
    while (next < tokens.length) {
      const token = tokens[next++];
      for (let tries = 0; tries < TRIES; tries++) {
        try {
          took.push(await open(dialect, port, token));
          break;
        } catch {
          refused++; // and tried again: a busy daphne closes handshakes after 5 s
        }
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const seconds = (now() - started) / 1000;
  const left = tokens.length - took.length;
  return { seconds, perSecond: took.length / seconds, refused, left, ...quantiles(took) };
}

function quantiles(values) {
  const sorted = Float64Array.from(values).sort();
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { p50: at(0.5), p99: at(0.99) };
}

/** The line to what publishes. */
class Publisher {
  #waiting = [];
  onCommit = () => {};

  constructor(port) {
    this.socket = net.connect(port, "127.0.0.1");
    this.socket.setNoDelay(true);
    readline.createInterface({ input: this.socket }).on("line", (line) => {
      if (line === "ready") this.#waiting.shift()();
      else this.onCommit(...line.split(" ").slice(1).map(Number));
    });
  }

  tell(line) {
    this.socket.write(`${line}\n`);
  }

  ask(line) {
    this.tell(line);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** Keeps `window` messages under way for `seconds`; each is complete with `copies` arrivals. */
function pump({ send, copies, window, seconds, limit = Infinity }) {
  const sentAt = [];
  const missing = [];
  const late = [];
  let under = 0;
  let deliveries = 0;
  const started = now();
  let last = started;
  return new Promise((resolve) => {
    const finish = () => {
      onMessage = () => {};
      clearTimeout(giveUp);
      const lost = missing.reduce((sum, left) => sum + left, 0);
      const took = (last - started) / 1000;
      resolve({ perSecond: deliveries / took, deliveries, lost, ...quantiles(late) });
    };
    const giveUp = setTimeout(finish, seconds * 1000 + LOST_AFTER_MS);
    const fill = () => {
      while (under < window && sentAt.length < limit && now() - started < seconds * 1000) {
        const n = sentAt.length;
        const count = send(n);
        for (let i = 0; i < count; i++) {
          sentAt.push(now());
          missing.push(copies);
        }
        under += count;
      }
      if (under === 0) finish();
    };
    onMessage = (n, at) => {
      if (!(missing[n] > 0)) return;
      late.push(at - sentAt[n]);
      deliveries++;
      last = at;
      if (--missing[n] === 0 && --under <= window / 2) fill();
    };
    fill();
  });
}

const CHUNK = 50;
let publisher = null;

const ORDERS = {
  connect,

  async people({ publisherPort, people }) {
    publisher = new Publisher(publisherPort);
    await publisher.ask(`people ${JSON.stringify(people)}`);
    return {};
  },

  feed: ({ seconds, window }) =>
    pump({
      send: (n) => (publisher.tell(`feed ${n}`), 1),
      copies: sockets.length,
      window,
      seconds,
    }),

  async users({ seconds, window, people, each }) {
    await publisher.ask(`prepare ${each}`);
    const send = (n) => (publisher.tell(`users ${n % people} ${CHUNK} ${n}`), CHUNK);
    return pump({ send, copies: 1, window, seconds, limit: people * each });
  },

  /** `rate` messages a second to one person each. */
  async steady({ seconds, rate, people }) {
    const arrived = [];
    const committed = [];
    onMessage = (n, at) => (arrived[n] = at);
    publisher.onCommit = (n, at) => (committed[n] = at);
    const count = rate * seconds;
    const started = now();
    for (let n = 0; n < count; n++) {
      const wait = started + (n * 1000) / rate - now();
      if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
      publisher.tell(`commit ${(n * 7) % people} ${n}`);
    }
    const all = () => arrived.filter(() => true).length + committed.filter(() => true).length;
    for (let i = 0; i < 500 && all() < 2 * count; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    onMessage = () => {};
    const late = committed.map((at, n) => arrived[n] - at).filter((value) => value === value);
    return { lost: count - late.length, ...quantiles(late) };
  },

  async close() {
    const closing = sockets;
    sockets = [];
    publisher?.socket.destroy();
    publisher = null;
    const open = closing.filter((socket) => socket.readyState < 3); // a server may have closed some
    const closed = open.map(
      (socket) =>
        new Promise((resolve) => {
          socket.onclose = resolve;
          socket.close();
        }),
    );
    await Promise.race([Promise.all(closed), pause(CLOSE_PATIENCE_MS)]);
    return {};
  },
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { order, ...rest } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await ORDERS[order](rest))}\n`);
}
process.exit(0);
