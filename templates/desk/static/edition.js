// An edition being written: what is typed is kept, and seen as any reader gets it, before it is saved.
// Without this script the page does the same with its buttons.
"use strict";
(() => {
  const form = document.getElementById("writing");
  if (!form) return;
  const area = form.elements.text;
  const path = form.dataset.path; // only on the page of an edition
  const QUIET = 700, KEEP = 3000;

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
  if (!path) return;

  const status = document.getElementById("kept");
  const token = form.elements.csrfmiddlewaretoken.value;
  const posted = () => {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", token);
    body.set("text", area.value);
    body.set("base", form.elements.base.value);
    for (const each of form.elements) if (each.name === "interest" && each.checked) body.append("interest", each.value);
    return body;
  };
  const ask = (what, more = {}) =>
    fetch(`${path}/${what}`, { method: "POST", body: posted(), redirect: "error", ...more }).then((answer) => {
      if (answer.ok || answer.status === 422) return answer.json();
      throw new Error(String(answer.status));
    });

  // Keeping: one request at a time, and the last text always.
  let keptText = area.value, keeping = false, keepTimer = 0, leaving = false;
  const keep = async (more) => {
    clearTimeout(keepTimer);
    keepTimer = 0;
    if (keeping || leaving || area.value === keptText) return;
    keeping = true;
    const text = area.value;
    try {
      const said = await ask("draft", more);
      if (said.error) status.textContent = said.error;
      else {
        keptText = text;
        status.textContent = said.newest > Number(form.elements.base.value)
          ? `Kept ${said.kept}, not saved; ${said.author || "somebody"} saved revision ${said.newest} meanwhile`
          : `Kept ${said.kept}, not saved`;
      }
    } catch {
      status.textContent = "Not kept: no answer from the desk. Leave this page open, it is tried again";
    }
    keeping = false;
    if (area.value !== keptText && !leaving) keepTimer ||= setTimeout(keep, KEEP);
  };
  document.addEventListener("visibilitychange", () => {
    // What is larger than browsers let go on behind a page that is left, was kept a moment ago.
    if (document.visibilityState === "hidden") keep({ keepalive: area.value.length < 20000 });
  });
  form.addEventListener("submit", () => { leaving = true; });
  addEventListener("pageshow", (event) => { if (event.persisted) leaving = false; });
  addEventListener("beforeunload", (event) => { if (!leaving && area.value !== keptText) { keep({ keepalive: area.value.length < 20000 }); event.preventDefault(); } });

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
      const said = await ask("preview");
      if (mine !== asked) return;
      document.getElementById("findings").innerHTML = said.findings; // made by our template, which escapes
      document.getElementById("caption").innerHTML = said.caption;
      area.setAttribute("aria-invalid", String(!said.reads));
      nameNext(said.errors);
      if (!said.reads) return;
      document.getElementById("letter-text").textContent = said.text;
      fresh.light = fresh.dark = false;
      showLetter();
    } catch {
      // The next change asks again; what is typed is kept apart from this.
    }
  };
  area.addEventListener("input", () => {
    if (area.value !== keptText) status.textContent = "Not saved";
    keepTimer ||= setTimeout(keep, KEEP); // not put off by going on: every few seconds it is kept
    clearTimeout(seeTimer);
    seeTimer = setTimeout(see, QUIET);
  });
  for (const each of form.elements) {
    if (each.name === "interest") each.addEventListener("change", see);
    if (each.name === "mode") each.addEventListener("change", showLetter);
  }
  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.value === "show") {
      event.preventDefault();
      leaving = false;
      see();
    }
  });
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[value=save]"));
    }
  });
})();
