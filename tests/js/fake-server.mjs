/** A server that says exactly what a test tells it to say. */
import http from "node:http";

import { CLOSE, FrameReader, TEXT, acceptOf, encode } from "./rfc6455.mjs";

export async function startServer() {
  const server = new FakeServer();
  await new Promise((resolve) => server.http.listen(0, "127.0.0.1", resolve));
  return server;
}

/** What comes before anybody waits for it waits itself. */
class Mailbox {
  #items = [];
  #takers = [];

  put(item) {
    const taker = this.#takers.shift();
    if (taker) taker(item);
    else this.#items.push(item);
  }

  take() {
    if (this.#items.length) return Promise.resolve(this.#items.shift());
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  get isEmpty() {
    return this.#items.length === 0;
  }
}

class FakeServer {
  http = http.createServer();
  accepts = true; // else every connection is dropped before its handshake
  #arrivals = new Mailbox();
  #tcp = new Set();

  constructor() {
    this.http.on("upgrade", (request, tcp) => {
      this.#tcp.add(tcp);
      if (this.accepts) this.#arrivals.put(new Peer(request, tcp));
      else tcp.destroy();
    });
  }

  get url() {
    return `ws://127.0.0.1:${this.http.address().port}/ws/`;
  }

  /** The next socket that connects. @returns {Promise<Peer>} */
  next() {
    return this.#arrivals.take();
  }

  stop() {
    for (const tcp of this.#tcp) tcp.destroy();
    return new Promise((resolve) => this.http.close(resolve));
  }
}

class Peer {
  #tcp;
  #frames = new Mailbox();
  isFrozen = false; // a process that is stopped, or a network that swallows everything

  constructor(request, tcp) {
    this.#tcp = tcp;
    this.query = new URL(request.url, "http://localhost").searchParams;
    const offered = (request.headers["sec-websocket-protocol"] ?? "").split(", ");
    this.token = offered.find((name) => name.startsWith("bearer."))?.slice(7);
    tcp.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Accept: ${acceptOf(request.headers["sec-websocket-key"])}\r\n` +
        `Sec-WebSocket-Protocol: ${offered[0]}\r\n\r\n`,
    );
    const reader = new FrameReader((opcode, payload) => {
      if (opcode === TEXT) this.#take(JSON.parse(payload));
    });
    tcp.on("data", (bytes) => reader.push(bytes));
    tcp.on("end", () => tcp.end());
    tcp.on("error", () => {});
  }

  #take(frame) {
    if (this.isFrozen) return;
    if (frame.type === "ping") this.send({ type: "pong" });
    else this.#frames.put(frame);
  }

  send(...frames) {
    this.#tcp.write(
      Buffer.concat(frames.map((frame) => encode(TEXT, Buffer.from(JSON.stringify(frame))))),
    );
  }

  welcome(fields = {}) {
    this.send({
      type: "welcome",
      epoch: "e1",
      head: 0,
      resumed: false,
      heartbeat: 25,
      expires_at: "2026-08-08T15:03:49.166587+05:00",
      ...fields,
    });
  }

  /** Events `first` to `last`. */
  events(first, last) {
    const event = (seq) => ({ type: "event", seq, event: "debt.created", data: { id: seq } });
    this.send(...Array.from({ length: last - first + 1 }, (_, i) => event(first + i)));
  }

  /** The next frame the client sends, pings apart: they are answered. */
  receive() {
    return this.#frames.take();
  }

  get hasNothing() {
    return this.#frames.isEmpty;
  }

  close(code) {
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    this.#tcp.write(encode(CLOSE, payload));
  }

  /** As a killed process or a cut cable with a reset. */
  drop() {
    this.#tcp.destroy();
  }
}
