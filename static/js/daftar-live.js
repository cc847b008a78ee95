/**
 * One socket per device that never loses an event: a client of the protocol `daftar.v1`.
 * ES modules without dependencies, for browsers and for any runtime with a `WebSocket`.
 *
 *     const live = new DaftarLive({ getToken });
 *     live.on("resync", () => loadEverythingByRest());
 *     live.on("event", ({ event, data }) => apply(event, data));
 *     live.start();
 *
 * Every event reaches the listeners once and in order, whatever happens to the network, the tab or
 * the server. A listener that returns a promise holds back the next event until it is settled.
 *
 * @typedef {{epoch: string, seq: number}} Cursor  The last event that the listeners have had.
 * @typedef {{seq: number, event: string, data: any, created_at: string}} LiveEvent
 * @typedef {object} CursorStore  Where the cursor outlives the page: beside the data it speaks of.
 * @property {() => Cursor|null|Promise<Cursor|null>} load
 * @property {(cursor: Cursor) => void|Promise<void>} save  Called after each event's listeners.
 *
 * @typedef {object} Options
 * @property {(why: {renew: boolean}) => string|null|Promise<string|null>} getToken  An access
 *   token; with `renew` a newer one than before (the last ends soon or was refused). Null: signed
 *   out, the client stops. When it throws, it is asked again later.
 * @property {string} [url]  Of the socket; default "/ws/" of the page's own host.
 * @property {CursorStore} [store]  Default: memory, so a reloaded page begins with a `resync`.
 * @property {Partial<typeof DELAYS>} [delays]  In milliseconds.
 * @property {typeof WebSocket} [WebSocket]
 * @property {EventTarget} [page]  Tells of online, offline and visibility; default `globalThis`.
 *
 * What `on` takes, and what its listeners get:
 *   event     LiveEvent. What a listener throws is told to `error`; the next event follows.
 *   resync    Cursor: events up to it will not come: fetch the state by REST. Later ones wait for
 *             the returned promise; when it fails, the listeners are called again.
 *   typing    {thread, user}
 *   presence  {user, online, at}
 *   post      {event, data}, after `watch("feed")`
 *   state     {state: "connecting"|"live"|"waiting"|"stopped", reason, retryIn}: `retryIn` in
 *             milliseconds. Stopped by itself: reason "signed_out", "session_ended" (sign in anew)
 *             or "too_many_devices" (start() takes the place back).
 *   error     {code, detail} of the server, or what getToken, the store or a listener threw.
 */

import { Acks } from "./live/acks.js";
import { Connection, socketUrl } from "./live/connection.js";
import { Inbox } from "./live/inbox.js";
import { Listeners } from "./live/listeners.js";
import { isOffline, listenToPage } from "./live/page.js";
import { DELAYS, Timers, backOff } from "./live/timing.js";

export { webStorage } from "./live/inbox.js";

const CLOSE = { renew: 4401, sessionEnded: 4403, tooManyDevices: 4409, flooded: 4429 };

export class DaftarLive {
  #options;
  #delays;
  #inbox;
  #acks;
  #connection = null;
  #listeners = new Listeners();
  #timers = new Timers();
  #channels = new Set();
  #typedAt = new Map();
  #state = "stopped";
  #run = 0; // start() and stop() begin a new one; what belongs to an older one is void
  #attempt = 0; // to connect; likewise
  #failures = 0;
  #isFlooding = false;
  #mustRenew = false;
  #isResuming = false;
  #forgetPage = () => {};
  #endPause = () => {};

  /** @param {Options} options */
  constructor(options) {
    this.#options = { page: globalThis, WebSocket: globalThis.WebSocket, ...options };
    this.#delays = { ...DELAYS, ...options.delays };
    this.#acks = new Acks((seq) => this.#send({ type: "ack", seq }), this.#delays.ack);
    this.#inbox = new Inbox({
      onEvent: (event) => this.#listeners.tell("event", event),
      onResync: (cursor) => this.#resync(cursor),
      onDelivered: (cursor) => this.#delivered(cursor),
    });
  }

  /** "connecting", "live", "waiting" (for the next try) or "stopped". */
  get state() {
    return this.#state;
  }

  /** @param {string} name @param {(what: any) => any} listener @returns {() => void} removes it */
  on(name, listener) {
    return this.#listeners.add(name, listener);
  }

  /** Connect, and stay connected until stop(). Does nothing while running. */
  async start() {
    if (this.#state !== "stopped") return;
    const run = ++this.#run;
    this.#failures = 0;
    this.#say("connecting");
    this.#forgetPage = this.#listenToPage();
    const { store } = this.#options;
    await this.#inbox.restart(() => this.#listeners.guard(() => store?.load()));
    if (run === this.#run) this.#connect();
  }

  /** Close. No listener is called for what has not been delivered yet; start() resumes there. */
  stop() {
    this.#stop("stopped");
  }

  /** Tell the thread's other side that one is writing. May be lost. @param {number} thread */
  typing(thread) {
    const now = Date.now();
    if (now - (this.#typedAt.get(thread) ?? 0) < this.#delays.typing) return;
    if (this.#send({ type: "typing", thread })) this.#typedAt.set(thread, now);
  }

  /** Get `post` frames of a channel, after reconnects too. @param {"feed"} channel */
  watch(channel) {
    this.#channels.add(channel);
    this.#send({ type: "watch", channel });
  }

  /** @param {"feed"} channel */
  unwatch(channel) {
    this.#channels.delete(channel);
    this.#send({ type: "unwatch", channel });
  }

  /** @returns {Promise<number>} the round trip in milliseconds; rejected when there is none */
  async ping() {
    if (this.#state !== "live") throw new Error("not connected");
    return this.#connection.ping();
  }

  // --- One connection after another

  async #connect() {
    const attempt = ++this.#attempt;
    this.#timers.clear("retry");
    this.#say("connecting");
    const token = await this.#token(this.#mustRenew);
    if (attempt !== this.#attempt) return;
    if (token === null) return this.#stop("signed_out");
    if (token === undefined) return this.#wait("no_token");
    this.#isResuming = true;
    this.#connection = new Connection({
      WebSocket: this.#options.WebSocket,
      url: socketUrl(this.#options.url, this.#options.page, this.#inbox.received),
      token,
      delays: this.#delays,
      onFrame: (frame) => this.#take(frame),
      onLost: (code) => this.#lost(code),
    });
  }

  /** Null: signed out; undefined: none can be had right now. */
  async #token(renew) {
    return this.#listeners.guard(() => this.#options.getToken({ renew }));
  }

  #lost(code) {
    const wasRenewed = this.#mustRenew;
    this.#connection = null;
    if (code === CLOSE.sessionEnded) return this.#stop("session_ended");
    if (code === CLOSE.tooManyDevices) return this.#stop("too_many_devices");
    this.#mustRenew ||= code === CLOSE.renew;
    this.#isFlooding = code === CLOSE.flooded;
    // A renewed token that is refused at once, too, has to wait like any other failure.
    if (code === CLOSE.renew && !wasRenewed) this.#connect();
    else this.#wait(String(code), this.#isFlooding ? this.#delays.flooded : 0);
  }

  #wait(reason, atLeast = 0) {
    this.#attempt++;
    // Without a network nothing is gained by trying; its return is told at once.
    const slow = isOffline(this.#options.page) ? this.#delays.offline : 0;
    const retryIn = Math.max(atLeast, slow) + backOff(this.#failures++, this.#delays);
    this.#timers.set("retry", retryIn, () => this.#connect());
    this.#say("waiting", reason, retryIn);
  }

  #stop(reason) {
    if (this.#state === "stopped") return;
    this.#run++;
    this.#attempt++;
    this.#connection?.close();
    this.#connection = null;
    this.#timers.clearAll();
    this.#inbox.clear();
    this.#forgetPage();
    this.#endPause();
    this.#say("stopped", reason);
  }

  /** Renew in place; a failure is tried again until the server ends the connection with 4401. */
  async #renew() {
    const connection = this.#connection;
    const token = await this.#token(true);
    if (connection !== this.#connection) return;
    if (token === null) return this.#stop("signed_out");
    if (token) connection.send({ type: "auth", token });
    else connection.timers.set("renew", this.#delays.answer, () => this.#renew());
  }

  // --- What the server sends

  #take(frame) {
    if (frame.type === "event") {
      if (!this.#inbox.take(frame)) this.#resume();
    } else if (frame.type === "welcome") this.#welcome(frame);
    else if (frame.type === "heartbeat") this.#compare(frame.head);
    else if (frame.type === "auth.expiring") this.#renew();
    else {
      if (frame.code === "rate_limited") this.#askAgain();
      this.#listeners.tell(frame.type, frame); // typing, presence, post, error
    }
  }

  #welcome({ epoch, head, resumed, heartbeat }) {
    this.#isResuming = false;
    this.#acks.restart(resumed ? this.#inbox.received.seq : head);
    if (!resumed) this.#inbox.skipTo({ epoch, seq: head });
    if (this.#state === "live") return; // it answers `resume`
    this.#failures = 0;
    this.#mustRenew = false;
    this.#connection.welcomed(heartbeat * 1000);
    this.#say("live");
    for (const channel of this.#channels) this.#send({ type: "watch", channel });
  }

  #resume() {
    if (this.#isResuming) return;
    this.#isResuming = true;
    const { seq: since, epoch } = this.#inbox.received;
    this.#send({ type: "resume", since, epoch });
  }

  /** A frame of ours was passed over. If it was a `resume`, no welcome will come of it. */
  #askAgain() {
    if (!this.#isResuming) return;
    this.#connection.timers.set("again", this.#delays.answer, () => {
      if (!this.#isResuming) return;
      this.#isResuming = false;
      this.#resume();
    });
  }

  /** What we lack of our stream may be on its way, or wait for our acks: ask when it is not. */
  #compare(head) {
    this.#acks.flush();
    if (head <= this.#inbox.received.seq) return;
    this.#connection.timers.set("hole", this.#delays.answer, () => {
      if (head > this.#inbox.received.seq && !this.#inbox.isDelivering) this.#resume();
    });
  }

  // --- What the listeners get, and what the server learns of it

  /** Gives false, and nothing was delivered, when stop() came first. */
  async #resync(cursor) {
    const run = this.#run;
    for (let failures = 0; run === this.#run; failures++) {
      try {
        await this.#listeners.ask("resync", cursor);
        return true;
      } catch (error) {
        this.#listeners.report(error);
        await this.#pause(backOff(failures, this.#delays));
      }
    }
    return false;
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      this.#endPause = resolve;
      setTimeout(resolve, milliseconds);
    });
  }

  #delivered(cursor) {
    if (cursor.epoch === this.#inbox.received.epoch) this.#acks.reach(cursor.seq);
    const { store } = this.#options;
    return store && this.#listeners.guard(() => store.save(cursor));
  }

  #send(frame) {
    return this.#state === "live" && this.#connection.send(frame);
  }

  #say(state, reason = "", retryIn = 0) {
    this.#state = state;
    this.#listeners.tell("state", { state, reason, retryIn });
  }

  #listenToPage() {
    return listenToPage(this.#options.page, {
      onBack: () => {
        if (this.#state === "waiting" && !this.#isFlooding) this.#connect();
        else this.#connection?.probe();
      },
      onAway: () => this.#connection?.probe(),
      onHide: () => {
        this.#acks.flush();
        this.#connection?.close();
        this.#connection = null;
        this.#wait("hidden", this.#delays.offline);
      },
    });
  }
}
