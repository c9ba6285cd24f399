/* Finds, while the visitor fills in the form, the number that its ticket asks for: SHA-256 of "ticket:number"
   begins with so many zero bits. Without this script the form works too, and takes a wait instead.
   crypto.subtle would answer only on https and one promise a hash; this is quicker for one block. */
"use strict";
(() => {
  const form = document.querySelector("form[data-difficulty]");
  if (!form) return;

  const SLICE = 12; // ms; short enough for typing to stay smooth
  const QUICKEST = 2200; // ms; a form that comes back sooner is not believed
  const TICKET = 44; // characters, which are 11 words
  const K = new Int32Array(64), START = new Int32Array(8), W = new Int32Array(64);

  // The constants are the first bits of the roots of the first primes (FIPS 180-4).
  const bits = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
  for (let number = 2, found = 0; found < 64; number++) {
    let prime = true;
    for (let by = 2; by * by <= number; by++) if (number % by === 0) prime = false;
    if (!prime) continue;
    if (found < 8) START[found] = bits(Math.sqrt(number));
    K[found++] = bits(Math.cbrt(number));
  }

  const turn = (word, by) => (word >>> by) | (word << (32 - by));

  // Returns the first word of the hash of the block in W[0..15].
  const firstWord = () => {
    for (let i = 16; i < 64; i++) {
      const x = W[i - 15], y = W[i - 2];
      const s = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3);
      const t = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10);
      W[i] = (W[i - 16] + s + W[i - 7] + t) | 0;
    }
    let [a, b, c, d, e, f, g, h] = START;
    for (let i = 0; i < 64; i++) {
      const s = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
      const t = (h + s + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      const u = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t) | 0; d = c; c = b; b = a; a = (t + u) | 0;
    }
    return (START[0] + a) | 0;
  };

  const block = new Uint8Array(64), view = new DataView(block.buffer);
  const begins = (ticket) => {
    for (let i = 0; i < TICKET; i++) block[i] = ticket.charCodeAt(i);
    block[TICKET] = 0x3a;
  };
  const zeros = (number) => {
    const digits = String(number), end = TICKET + 1 + digits.length;
    for (let i = 0; i < digits.length; i++) block[TICKET + 1 + i] = digits.charCodeAt(i);
    block.fill(0, end);
    block[end] = 0x80;
    view.setUint32(60, end * 8);
    for (let i = 0; i < 16; i++) W[i] = view.getInt32(i * 4);
    return Math.clz32(firstWord());
  };

  const { ticket, proof } = form.elements;
  const difficulty = Number(form.dataset.difficulty);
  const button = form.querySelector("button");
  const show = (name, shown) => {
    const place = form.querySelector(`[data-${name}]`);
    if (place) place.hidden = !shown;
  };
  let number = 0, begun = false, found = proof.value !== "", wanted = false;

  const slice = () => {
    const until = performance.now() + SLICE;
    while (performance.now() < until) {
      for (let i = 0; i < 50; i++, number++) {
        if (zeros(number) < difficulty) continue;
        proof.value = String(number);
        found = true;
        show("ready", true);
        if (wanted) send();
        return;
      }
    }
    setTimeout(slice, 0);
  };
  const begin = () => {
    if (begun || found || ticket.value.length !== TICKET) return;
    begun = true;
    begins(ticket.value);
    slice();
  };
  const send = () => setTimeout(() => form.submit(), Math.max(0, QUICKEST - performance.now()));

  form.addEventListener("focusin", begin);
  if ("atOnce" in form.dataset) begin();
  form.addEventListener("submit", (event) => {
    if (ticket.value.length !== TICKET) return;
    event.preventDefault();
    if (wanted) return;
    wanted = true;
    button.setAttribute("aria-disabled", "true");
    show("busy", true);
    begin();
    if (found) send();
  });
  // Back from the next page, the form is as it was left.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    wanted = false;
    button.removeAttribute("aria-disabled");
    show("busy", false);
  });
})();
