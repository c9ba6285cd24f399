/* Keeps the page of a send true while it runs. The server renders; this puts its parts in place. */
(() => {
  "use strict";
  const live = document.getElementById("live");
  if (!live || !window.EventSource) return;
  let source = null;
  let busy = false;

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

  async function refresh() {
    if (busy) return;
    busy = true;
    try {
      const answer = await fetch(live.dataset.live, { credentials: "same-origin", redirect: "error" });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const parts = [...fresh.querySelectorAll("[data-part]")];
      const same = parts.map((part) => part.id).join() === [...live.querySelectorAll("[data-part]")].map((part) => part.id).join();
      if (same) {
        for (const part of parts) put(document.getElementById(part.id), part);
      } else {
        live.replaceChildren(...[...fresh.body.childNodes].map((node) => document.adoptNode(node)));
      }
    } catch {
      /* Away for a moment: the next event asks again. */
    } finally {
      busy = false;
    }
  }

  function listen() {
    const seen = document.getElementById("part-stamp");
    source = new EventSource(`${live.dataset.events}?seen=${encodeURIComponent(seen ? seen.textContent : "")}`);
    source.addEventListener("changed", refresh);
    // A browser gives up on any answer but 200: a proxy that was away, or a session that is over.
    source.addEventListener("error", () => {
      if (!source || source.readyState !== EventSource.CLOSED) return;
      source = null;
      setTimeout(again, 5000);
    });
  }

  async function again() {
    if (source || document.hidden) return;
    const answer = await fetch(live.dataset.live, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
    const lead = document.getElementById("part-lead");
    if (answer && answer.ok) {
      await refresh();
      listen();
    } else if (answer && answer.type === "opaqueredirect" && lead) {
      lead.textContent = "You are signed out: load the page again to see how it stands.";
    } else {
      if (lead) lead.textContent = "The desk does not answer, so that this may be old; it is asked again every few seconds.";
      setTimeout(again, 5000);
    }
  }

  document.addEventListener("visibilitychange", () => {
    if (source) source.close();
    source = null;
    if (!document.hidden) listen();
  });
  if (!document.hidden) listen();
})();
