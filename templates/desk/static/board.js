// Drag and drop on top of the board's forms: what is dropped is posted as the "Move" button would.
"use strict";
(() => {
  const form = document.getElementById("dropping");
  if (!form) return;
  let taken = null;

  const clear = () => {
    for (const each of document.querySelectorAll(".before, .end")) each.classList.remove("before", "end");
  };
  const cardsOf = (heap) => [...heap.children].filter((each) => each !== taken);
  // The card that what is dropped here would stand before; undefined is the end.
  const nextAt = (heap, y) =>
    cardsOf(heap).find((each) => {
      const box = each.getBoundingClientRect();
      return y < box.top + box.height / 2;
    });

  for (const card of document.querySelectorAll(".card")) {
    const grip = document.createElement("span");
    grip.className = "grip";
    grip.textContent = "⠿";
    grip.draggable = true;
    grip.setAttribute("aria-hidden", "true");
    card.querySelector(".says").firstElementChild.prepend(grip);
    grip.addEventListener("dragstart", (event) => {
      taken = card;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", card.dataset.line);
      event.dataTransfer.setDragImage(card, 0, 0);
      // A page that moves while it is taken would end the dragging at once.
      setTimeout(() => card.classList.add("taken"));
    });
    grip.addEventListener("dragend", () => {
      card.classList.remove("taken");
      clear();
      taken = null;
    });
  }

  for (const heap of document.querySelectorAll(".cards")) {
    const fits = () => taken && taken.parentElement.dataset.kind === heap.dataset.kind;
    heap.addEventListener("dragover", (event) => {
      if (!fits()) return;
      event.preventDefault();
      clear();
      const next = nextAt(heap, event.clientY);
      (next || heap).classList.add(next ? "before" : "end");
    });
    heap.addEventListener("drop", (event) => {
      if (!fits()) return;
      event.preventDefault();
      const next = nextAt(heap, event.clientY);
      const cards = cardsOf(heap);
      form.elements.line.value = taken.dataset.line;
      form.elements.under.value = heap.dataset.under;
      form.elements.position.value = next ? cards.indexOf(next) : cards.length;
      form.submit();
    });
  }
})();
