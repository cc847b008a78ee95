/** Tells the server how far we are: seldom enough to cost nothing, often enough to be sent more. */

import { Timers } from "./timing.js";

const EVERY_EVENTS = 32; // the server wants one at least every 64 ...

export class Acks {
  #send;
  #delay;
  #timers = new Timers();
  #reached = 0;
  #told = 0;
  #toldAt = 0;

  /** @param {(seq: number) => boolean} send  Whether there was a connection to send it by.
   * @param {number} delay  Milliseconds; the server wants one every 10 s. */
  constructor(send, delay) {
    this.#send = send;
    this.#delay = delay;
  }

  /** A new connection or a new stream: the server counts from `seq`. */
  restart(seq) {
    this.#timers.clearAll();
    this.#reached = this.#told = seq;
  }

  /** The event `seq` is safe with the listeners. */
  reach(seq) {
    this.#reached = seq;
    // By the clock, too: the timers of a hidden tab ring once a minute.
    const isDue = Date.now() - this.#toldAt >= this.#delay;
    if (isDue || seq - this.#told >= EVERY_EVENTS) this.flush();
    else if (!this.#timers.has("ack")) this.#timers.set("ack", this.#delay, () => this.flush());
  }

  /** Tell now. */
  flush() {
    this.#timers.clear("ack");
    if (this.#reached <= this.#told || !this.#send(this.#reached)) return;
    this.#told = this.#reached;
    this.#toldAt = Date.now();
  }
}
