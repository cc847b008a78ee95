/** What the browser knows of the network and of who is looking. */

/** Whether the device says that it has no network. @param {any} page */
export function isOffline(page) {
  return page.navigator?.onLine === false;
}

/**
 * @param {any} page  `globalThis` of a browser; what it lacks is not listened to.
 * @param {object} then
 * @param {() => void} then.onBack  The network is back, or somebody looks at the page again.
 * @param {() => void} then.onAway  The network is gone.
 * @param {() => void} then.onHide  The page is left, for good or for the back-forward cache, into
 *   which no page with an open socket gets.
 * @returns {() => void} stops listening
 */
export function listenToPage(page, { onBack, onAway, onHide }) {
  const ending = new AbortController();
  const listen = (target, name, listener) =>
    target?.addEventListener?.(name, listener, { signal: ending.signal });
  listen(page, "online", onBack);
  listen(page, "offline", onAway);
  listen(page, "pageshow", onBack);
  listen(page, "pagehide", onHide);
  listen(page.document, "resume", onBack); // a frozen tab thaws
  listen(page.document, "visibilitychange", () => {
    if (page.document.visibilityState === "visible") onBack();
  });
  return () => ending.abort();
}
