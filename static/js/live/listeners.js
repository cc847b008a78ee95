/** Who is told what, by name. What a listener throws is told to those of `error`. */
export class Listeners {
  #byName = new Map();

  /** @param {string} name @param {(what: any) => any} listener @returns {() => void} removes it */
  add(name, listener) {
    const listeners = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Never throws; gives a promise, which is never rejected, only when a listener gave one. */
  tell(name, what) {
    const pending = [];
    for (const listener of this.#byName.get(name) ?? []) {
      const returned = this.guard(() => listener(what));
      if (typeof returned?.then === "function") pending.push(returned);
    }
    return pending.length ? Promise.all(pending) : undefined;
  }

  /** Rejected when one of them fails. */
  async ask(name, what) {
    await Promise.all([...(this.#byName.get(name) ?? [])].map(async (listener) => listener(what)));
  }

  /** What `action` gives, or a promise of it; undefined in its place when it fails. */
  guard(action) {
    try {
      const returned = action();
      if (typeof returned?.then !== "function") return returned;
      return returned.then(undefined, (error) => this.report(error));
    } catch (error) {
      return this.report(error);
    }
  }

  report(error) {
    const listeners = this.#byName.get("error");
    if (!listeners?.size) console.error(error);
    else for (const listener of listeners) listener(error);
  }
}
