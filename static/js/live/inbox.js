/**
 * The order of things: takes events from a socket that may repeat or lack some, and hands each to
 * the listeners once, one after another.
 *
 * @typedef {{epoch: string, seq: number}} Cursor
 * @typedef {{seq: number, event: string, data: any, created_at: string}} LiveEvent
 */
export class Inbox {
  #onEvent;
  #onResync;
  #onDelivered;
  #queue = [];
  #delivering = Promise.resolve();
  /** @type {Cursor|null} What has arrived; ahead of `delivered` by what is queued. */
  received = null;
  /** @type {Cursor|null} What the listeners have had. */
  delivered = null;
  isDelivering = false;

  /**
   * @param {object} to
   * @param {(event: LiveEvent) => void|Promise<void>} to.onEvent  Never throws.
   * @param {(cursor: Cursor) => Promise<boolean>} to.onResync  Never throws; false: given up, with
   *   `clear()` called.
   * @param {(cursor: Cursor) => void|Promise<void>} to.onDelivered  Never throws.
   */
  constructor({ onEvent, onResync, onDelivered }) {
    this.#onEvent = onEvent;
    this.#onResync = onResync;
    this.#onDelivered = onDelivered;
  }

  /** Forget what waits, once what is under way has ended; go on after `cursor` or, without one,
   * after what was delivered last. @param {() => Cursor|null|Promise<Cursor|null>} load */
  async restart(load) {
    this.#queue = [];
    await this.#delivering;
    this.delivered = (await load()) ?? this.delivered;
    this.received = this.delivered;
  }

  /** Deliver nothing more but what is under way. */
  clear() {
    this.#queue = [];
    this.received = this.delivered;
  }

  /** @param {LiveEvent} event @returns {boolean} false: events before it are missing */
  take(event) {
    if (event.seq <= this.received.seq) return true;
    if (event.seq > this.received.seq + 1) return false;
    this.#push({ cursor: { epoch: this.received.epoch, seq: event.seq }, event });
    return true;
  }

  /** Events up to `cursor` will not come: the state has to be fetched, which has in it what still
   * waits here. @param {Cursor} cursor */
  skipTo(cursor) {
    this.#queue = [];
    this.#push({ cursor });
  }

  #push(item) {
    this.received = item.cursor;
    this.#queue.push(item);
    if (!this.isDelivering) this.#delivering = this.#deliver();
  }

  async #deliver() {
    this.isDelivering = true;
    // No `await` for what is no promise: a thousand events in a burst are one turn of the loop.
    for (let item = this.#queue.shift(); item; item = this.#queue.shift()) {
      const { cursor, event } = item;
      const underWay = event ? this.#onEvent(event) : this.#onResync(cursor);
      if (underWay && (await underWay) === false) continue;
      this.delivered = cursor;
      const saved = this.#onDelivered(cursor);
      if (saved) await saved;
    }
    this.isDelivering = false;
  }
}

/** Keeps the cursor in `sessionStorage` or `localStorage`, under a key of this account.
 * @param {string} key @param {Storage} [storage] */
export function webStorage(key, storage = globalThis.sessionStorage) {
  return {
    /** @returns {Cursor|null} */
    load: () => JSON.parse(storage.getItem(key) ?? "null"),
    /** @param {Cursor} cursor */
    save: (cursor) => storage.setItem(key, JSON.stringify(cursor)),
  };
}
