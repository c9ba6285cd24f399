/* Keeps the page of a send true while it runs. The server renders; this puts its parts in place. */
(() => {
  "use strict";
  const live = document.getElementById("live");
  if (!live || !window.EventSource) return;
  const AGAIN = 5000;
  let source = null;
  let busy = false;
  let later = 0;
  const stamp = () => document.getElementById("part-stamp");

  const opened = (part) => new Set([...part.querySelectorAll("details[open]")].map((each) => each.id));

  function put(old, fresh) {
    const keyed = old.dataset.key !== undefined;
    if (keyed ? old.dataset.key === fresh.dataset.key : old.isEqualNode(fresh)) return;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const place = focused ? [...old.querySelectorAll("a, button, summary")].indexOf(focused) : -1;
    const name = focused ? focused.textContent.trim() : "";
    const open = opened(old);
    for (const { name: attribute, value } of fresh.attributes) old.setAttribute(attribute, value);
    old.replaceChildren(...[...fresh.childNodes].map((node) => document.adoptNode(node)));
    for (const each of old.querySelectorAll("details")) each.open = open.has(each.id);
    if (!focused) return;
    const reachable = [...old.querySelectorAll("a, button, summary")];
    const next = reachable.find((each) => each.textContent.trim() === name) || reachable[Math.min(place, reachable.length - 1)];
    if (next) next.focus({ preventScroll: true });
  }

  function putAll(text) {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const parts = [...fresh.querySelectorAll("[data-part]")];
    if (!parts.length) return; // no answer of ours
    const same = parts.map((part) => part.id).join() === [...live.querySelectorAll("[data-part]")].map((part) => part.id).join();
    if (same) {
      for (const part of parts) put(document.getElementById(part.id), part);
    } else {
      live.replaceChildren(...[...fresh.body.childNodes].map((node) => document.adoptNode(node)));
    }
    if (over()) quiet();
  }

  // Once the send is over and shown so, nothing of it moves by itself, and nothing is asked any more.
  const over = () => stamp()?.dataset.over !== undefined;
  function quiet() {
    clearTimeout(later);
    if (source) source.close();
    source = null;
  }
  function soon(what) {
    clearTimeout(later);
    later = setTimeout(what, AGAIN);
  }

  async function refresh() {
    if (busy) return;
    busy = true;
    try {
      const answer = await fetch(live.dataset.live, { credentials: "same-origin", redirect: "error" });
      if (answer.ok) putAll(await answer.text());
    } catch {
      /* Away for a moment: the next event asks again. */
    } finally {
      busy = false;
    }
  }

  function listen() {
    if (source || document.hidden || over()) return;
    const mine = new EventSource(`${live.dataset.events}?seen=${encodeURIComponent(stamp()?.textContent ?? "")}`);
    source = mine;
    mine.addEventListener("changed", refresh);
    // A browser gives up on any answer but 200: a proxy that was away, a session or a send that is over.
    mine.addEventListener("error", () => {
      if (source !== mine || mine.readyState !== EventSource.CLOSED) return;
      source = null;
      soon(again);
    });
  }

  // Without the stream: one question at a time, in turn how it stands, and whether the stream is there again.
  async function again() {
    if (source || document.hidden || over()) return;
    const answer = await fetch(live.dataset.live, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
    const lead = document.getElementById("part-lead");
    if (answer && answer.ok) {
      putAll(await answer.text().catch(() => ""));
      if (!over()) soon(listen);
    } else if (answer && answer.type === "opaqueredirect" && lead) {
      lead.textContent = "You are signed out: load the page again to see how it stands.";
    } else {
      if (lead) lead.textContent = "The desk does not answer, so that this may be old; it is asked again every few seconds.";
      soon(again);
    }
  }

  document.addEventListener("visibilitychange", () => {
    quiet();
    listen();
  });
  listen();
})();
