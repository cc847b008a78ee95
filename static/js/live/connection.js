/** One WebSocket from its opening to its end, however that comes. */

import { Timers } from "./timing.js";

const PROTOCOL = "daftar.v1";
const GIVEN_UP = 0; // instead of a close code: it was we who gave the connection up

/** Where to connect, and what to go on after.
 * @param {string|undefined} url  Default "/ws/" of the page's own host. @param {any} page
 * @param {{epoch: string, seq: number}|null} cursor */
export function socketUrl(url, page, cursor) {
  const target = new URL(url ?? "/ws/", page.location?.href);
  target.protocol = target.protocol.replace("http", "ws");
  if (cursor) {
    target.searchParams.set("since", cursor.seq);
    target.searchParams.set("epoch", cursor.epoch);
  }
  return target.href;
}

export class Connection {
  timers = new Timers(); // end with the connection
  #socket;
  #onLost;
  #delays;
  #heard = { at: Date.now(), frames: 0 };
  #pings = [];

  /**
   * @param {object} options
   * @param {typeof WebSocket} options.WebSocket
   * @param {string} options.url
   * @param {string} options.token
   * @param {{connect: number, answer: number}} options.delays  Milliseconds.
   * @param {(frame: any) => void} options.onFrame
   * @param {(code: number) => void} options.onLost  Once; not after `close()`.
   */
  constructor({ WebSocket, url, token, delays, onFrame, onLost }) {
    this.#onLost = onLost;
    this.#delays = delays;
    this.#socket = new WebSocket(url, [PROTOCOL, `bearer.${token}`]);
    this.#socket.onmessage = ({ data }) => {
      this.#heard = { at: Date.now(), frames: this.#heard.frames + 1 };
      const frame = JSON.parse(data);
      if (frame.type === "pong") this.#answered();
      else onFrame(frame);
    };
    this.#socket.onclose = ({ code }) => this.#end(code);
    this.timers.set("connect", delays.connect, () => this.#end(GIVEN_UP));
  }

  /** @returns {boolean} whether there was a connection to send it by */
  send(frame) {
    if (this.#socket?.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** @returns {Promise<number>} the round trip in milliseconds; rejected when there is none */
  ping() {
    return new Promise((resolve, reject) => {
      if (!this.send({ type: "ping" })) return reject(new Error("not connected"));
      this.#pings.push({ resolve, reject, at: Date.now() });
    });
  }

  /** Signed in: expect a sign of life every `heartbeat` milliseconds. @param {number} heartbeat */
  welcomed(heartbeat) {
    this.timers.clear("connect");
    this.timers.set("silence", heartbeat, () => {
      // Asked, not given up: after a sleep of the machine the timer rings before the frames come.
      if (Date.now() - this.#heard.at > 2 * heartbeat) this.probe();
      this.welcomed(heartbeat);
    });
  }

  /** Ask for a sign of life; without one the connection is lost. */
  probe() {
    if (this.timers.has("connect")) return;
    const { frames } = this.#heard;
    this.ping().catch(() => {});
    // Each with a timer of its own: the connection may die between two of them.
    this.timers.set(Symbol("probe"), this.#delays.answer, () => {
      if (this.#heard.frames === frames) this.#end(GIVEN_UP);
    });
  }

  close() {
    this.#onLost = () => {};
    this.#end(GIVEN_UP);
  }

  #answered() {
    const { resolve, at } = this.#pings.shift() ?? {};
    resolve?.(this.#heard.at - at);
  }

  #end(code) {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = null;
    this.timers.clearAll();
    for (const { reject } of this.#pings.splice(0)) reject(new Error("the connection was lost"));
    // A dead network answers no close frame: nothing more is expected of this socket.
    socket.onmessage = socket.onclose = null;
    socket.close(1000);
    this.#onLost(code);
  }
}
