// An edition being written: what is typed is kept, and seen as any reader gets it, before it is saved.
// Without this script the page does the same with its buttons.
"use strict";
(() => {
  const form = document.getElementById("writing");
  if (!form) return;
  const area = form.elements.text;
  const path = form.dataset.path; // where it is kept; a new edition has no place yet
  const QUIET = 700, KEEP = 3000, AGAIN = 5000, STOPPED = 5000, PLACE = 60000;
  const MOST = 2000000; // mailer/manuscript/decoding.py

  // A link to a line of the text puts the caret there.
  const goTo = (line, column) => {
    const lines = area.value.split("\n");
    if (line > lines.length) return;
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    const end = start + lines[line - 1].length;
    area.focus();
    // The caret alone is not scrolled to in every browser: what is before it is measured in a copy.
    const copy = area.cloneNode();
    copy.removeAttribute("name");
    copy.className = `${area.className} measuring`;
    copy.value = area.value.slice(0, start);
    area.after(copy);
    const above = copy.scrollHeight;
    copy.remove();
    area.setSelectionRange(column > 1 ? Math.min(start + column - 1, end) : start, end);
    area.scrollTop = Math.max(0, above - area.clientHeight / 3);
    area.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#L']");
    const line = link && Number(link.hash.slice(2));
    if (!line || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    goTo(line, Number(link.dataset.column) || 1);
  });
  for (const each of document.querySelectorAll("details.numbered")) each.open = false;
  if (/^#L\d+$/.test(location.hash)) goTo(Number(location.hash.slice(2)), 1);

  const status = document.getElementById("kept"), part = (id) => document.getElementById(id);
  const say = (words) => { status.textContent = words; };
  const posted = () => {
    const body = new FormData();
    for (const name of ["csrfmiddlewaretoken", "who", "base", "draft"]) body.set(name, form.elements[name]?.value ?? "");
    body.set("text", area.value);
    for (const each of form.elements) if (each.name === "interest" && each.checked) body.append("interest", each.value);
    return body;
  };
  const post = (what, more = {}) =>
    fetch(`${path}/${what}`, { method: "POST", body: posted(), redirect: "error", ...more });

  // More than an edition may have would only be handed back, after a long way: it stays here.
  const tooMuch = () => {
    const size = new Blob([area.value]).size, much = size > MOST;
    part("much").hidden = !much;
    if (much) part("much").textContent = `This text has ${size.toLocaleString("en")} bytes, and an edition at most ${MOST.toLocaleString("en")}: it is not sent, and stands here as it is. Make it shorter; pictures that were pasted as text are often why.`;
    return much;
  };

  // Who signs in again, in another tab, gets another token: every form here is given it. Somebody else gets none.
  const renewed = async () => {
    try {
      const answer = await fetch(`/desk/token?who=${form.elements.who?.value ?? ""}`, { redirect: "manual", cache: "no-store" });
      if (answer.type === "opaqueredirect") return "out";
      if (answer.status === 409) return "other";
      if (!answer.ok) return "away";
      const { token } = await answer.json();
      for (const each of document.getElementsByName("csrfmiddlewaretoken")) each.value = token;
      return "in";
    } catch {
      return "away";
    }
  };
  let waiting = 0;
  const signedIn = async () => {
    const found = await renewed();
    for (const each of ["out", "other"]) part(each).hidden = found !== each;
    clearTimeout(waiting);
    waiting = found === "in" ? 0 : setTimeout(goOn, AGAIN);
    if (waiting) say(found === "away" ? "Not kept: no answer from the desk. Leave this page open, it is tried again" : "Not kept");
    return !waiting;
  };
  const goOn = async () => {
    if (!(await signedIn())) return;
    say("Here again");
    keep();
  };

  // Keeping: one request at a time, and the last text always. What stands here and nowhere else warns who leaves.
  let keptText = "unkept" in form.dataset ? null : area.value, keeping = null, keepTimer = 0, leaving = false, refused = false;
  const unsure = new Set(); // what was sent, and no answer came
  const keep = (more) => {
    clearTimeout(keepTimer);
    keepTimer = 0;
    if (!path || leaving || waiting || area.value === keptText) return keeping;
    return keeping ||= keepNow(more).finally(() => {
      keeping = null;
      if (area.value !== keptText && !leaving && !waiting && !refused) keepTimer ||= setTimeout(keep, KEEP);
    });
  };
  const keepNow = async (more, again = true) => {
    const text = area.value, before = new Set(unsure);
    if (tooMuch()) return say("Not kept: it is too much");
    try {
      unsure.add(text);
      const answer = await post("draft", more);
      if (![200, 409, 422].includes(answer.status)) throw new Error(String(answer.status));
      const said = await answer.json();
      unsure.clear();
      if (answer.status === 409 && before.has(said.text)) { // it was kept from here, and the answer was lost
        form.elements.draft.value = said.draft;
        return keepNow(more, false);
      }
      refused = answer.status !== 200; // the next letter that is typed tries again
      part("both").hidden = answer.status !== 409;
      if (said.error) say(said.error);
      else if (said.other) say(`Not kept: another window of yours kept other text at ${said.other}`);
      else {
        keptText = text;
        form.elements.draft.value = said.draft;
        say(said.newest > Number(form.elements.base.value)
          ? `Kept ${said.kept}, not saved; ${said.author || "somebody"} saved revision ${said.newest} meanwhile`
          : `Kept ${said.kept}, not saved`);
      }
    } catch {
      if (!(await signedIn())) return;
      if (again) return keepNow(more, false);
      say("Not kept: the desk did not take it. Leave this page open, it is tried again");
    }
  };
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && waiting) goOn();
    // What is larger than browsers let go on behind a page that is left, was kept a moment ago.
    else if (document.visibilityState === "hidden") keep({ keepalive: area.value.length < 20000 });
  });
  area.addEventListener("input", () => {
    if (area.value !== keptText && !waiting) say("Not saved");
    keepTimer ||= setTimeout(keep, KEEP); // not put off by going on: every few seconds it is kept
  });
  // While the form is on its way nothing can be typed: it would be neither in what is saved nor on the next page.
  // No browser says that a way was stopped (Esc, a download, no network): who is still here then goes on.
  const locked = area.readOnly;
  let stopTimer = 0;
  const leave = (button) => {
    leaving = true;
    form.requestSubmit(button); // first: once it is busy, none is let through
    area.readOnly = true;
    area.setAttribute("aria-busy", "true");
    say("On its way …");
    stopTimer = setTimeout(stay, STOPPED, "No answer yet: go on writing, or try again");
  };
  const stay = (words) => {
    if (!leaving) return;
    leaving = false;
    clearTimeout(stopTimer);
    area.readOnly = locked;
    area.removeAttribute("aria-busy");
    say(words);
    if (area.value !== keptText) keepTimer ||= setTimeout(keep, KEEP);
  };
  addEventListener("pageshow", (event) => { if (event.persisted) stay(""); });
  addEventListener("beforeunload", (event) => {
    if (leaving || area.value === keptText) return;
    keep({ keepalive: area.value.length < 20000 });
    event.preventDefault();
  });
  const places = () => [area, form.querySelector("[value=save]")];
  const markPlace = () => {
    const { selectionStart: start, selectionEnd: end, scrollTop: within } = area;
    const focus = places().indexOf(document.activeElement);
    sessionStorage.setItem("place", JSON.stringify({ path, start, end, within, focus, at: Date.now() }));
  };
  // Nothing leaves this page before the desk has said that it is there and who is signed in.
  let asking = false;
  form.addEventListener("submit", async (event) => {
    if (area.hasAttribute("aria-busy")) event.preventDefault(); // it is on its way
    if (leaving) return;
    event.preventDefault();
    const button = event.submitter;
    if (button?.value === "show" && seen) return see();
    if (asking || tooMuch()) return;
    asking = true;
    await keeping;
    await keep(); // a draft at least, if what answers then is a fault of the server or of a proxy
    const here = await signedIn();
    asking = false;
    if (!here) return;
    if (button?.value === "save") markPlace();
    leave(button);
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") stay("Stopped: go on writing, or try again");
    const save = form.querySelector("[value=save]");
    if (save && (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.requestSubmit(save);
    }
  });
  const seen = part("letter-text"); // only on the page of an edition
  if (!seen) return;

  // Who saves goes on where they wrote: numbers alone are remembered, for the next page of the same edition.
  const place = JSON.parse(sessionStorage.getItem("place"));
  sessionStorage.removeItem("place");
  if (place?.path === path && Date.now() - place.at < PLACE && !location.hash) {
    area.setSelectionRange(place.start, place.end);
    area.scrollTop = place.within;
    places()[place.focus]?.focus({ preventScroll: true });
  }

  // Seeing: the letter's document is posted into its frame, since a page of ours may hold no style of a letter's.
  const carrier = document.createElement("form");
  carrier.method = "post";
  carrier.enctype = "multipart/form-data";
  carrier.hidden = true;
  document.body.append(carrier);
  const mode = () => (document.getElementById("mode-dark").checked ? "dark" : "light");
  const fresh = { light: true, dark: true };
  const showLetter = () => {
    const now = mode();
    if (fresh[now]) return;
    fresh[now] = true;
    carrier.action = `${path}/letter`;
    carrier.target = `letter-${now}`;
    carrier.replaceChildren(...[...posted(), ["mode", now]].map(([name, value]) => {
      const field = document.createElement(name === "text" ? "textarea" : "input");
      field.name = name;
      field.value = value;
      return field;
    }));
    carrier.submit();
  };
  // The button that leads to an error says how many there are now, and goes with the last of them.
  const nameNext = (errors) => {
    const button = document.querySelector(".acts a.go[href^='#L']");
    if (!button) return;
    const first = document.querySelector("#findings a[href^='#L']");
    button.hidden = !errors;
    if (errors && first) {
      button.textContent = `Mend ${errors} error${errors === 1 ? "" : "s"}`;
      button.href = first.hash;
      button.dataset.column = first.dataset.column;
    }
  };
  let asked = 0, seeTimer = 0;
  const see = async () => {
    const mine = ++asked;
    try {
      const answer = await post("preview");
      if (mine !== asked || !answer.ok) return;
      const said = await answer.json();
      document.getElementById("findings").innerHTML = said.findings; // made by our template, which escapes
      document.getElementById("caption").innerHTML = said.caption;
      area.setAttribute("aria-invalid", String(!said.reads));
      nameNext(said.errors);
      if (!said.reads) return;
      seen.textContent = said.text;
      fresh.light = fresh.dark = false;
      showLetter();
    } catch {
      // The next change asks again; what is typed is kept apart from this.
    }
  };
  area.addEventListener("input", () => {
    clearTimeout(seeTimer);
    seeTimer = setTimeout(see, QUIET);
  });
  for (const each of form.elements) {
    if (each.name === "interest") each.addEventListener("change", see);
    if (each.name === "mode") each.addEventListener("change", showLetter);
  }
})();
