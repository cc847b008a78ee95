/** When things are tried again, and how long they may take. */

/** Milliseconds. */
export const DELAYS = Object.freeze({
  ack: 5_000, // the server wants one at least every 10 s
  answer: 5_000, // how long a ping, or an event that a heartbeat promised, may take
  backOffBase: 1_000,
  backOffCap: 10_000,
  connect: 15_000,
  flooded: 30_000,
  offline: 60_000, // how often to try while the device says that it has no network
  typing: 3_000, // one frame a thread
});

/** Full jitter: anything up to a ceiling that doubles with each failure, in milliseconds.
 * @param {number} failures @param {{backOffBase: number, backOffCap: number}} delays */
export function backOff(failures, { backOffBase, backOffCap }, random = Math.random) {
  return random() * Math.min(backOffCap, backOffBase * 2 ** Math.min(failures, 30));
}

/** Named timers: setting one again replaces it. */
export class Timers {
  #ids = new Map();

  /** @param {string|symbol} name @param {number} milliseconds @param {() => void} then */
  set(name, milliseconds, then) {
    this.clear(name);
    this.#ids.set(name, setTimeout(() => this.#ids.delete(name) && then(), milliseconds));
  }

  has(name) {
    return this.#ids.has(name);
  }

  clear(name) {
    clearTimeout(this.#ids.get(name));
    this.#ids.delete(name);
  }

  clearAll() {
    for (const name of [...this.#ids.keys()]) this.clear(name);
  }
}
