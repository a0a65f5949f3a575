// Keys for readers. Every page works without this file; it only moves the focus, follows links and opens folds.
"use strict";

(() => {
  const CHANGES = ".diff [id^='c']";
  const PLACES = ".diff .para, .diff tbody tr, .foreign tbody tr, .heatpara, .matrix tbody tr, .changes .change, .results > li, .copies tbody tr:not(.group), .timeline .event";
  const KEYS = [
    ["n", "the next change"],
    ["p", "the change before"],
    ["j", "the next paragraph or entry"],
    ["k", "the paragraph or entry before"],
    ["v", "side by side, or in one column"],
    ["h", "show or hide what is unchanged"],
    ["?", "this help"],
  ];

  const all = (selector) => [...document.querySelectorAll(selector)];

  /** The place that is read now: the focused one, or else the last whose top has passed a third of the window. */
  const current = (places) => {
    const focused = places.findIndex((place) => place.contains(document.activeElement));
    if (focused >= 0) return focused;
    const line = window.innerHeight / 3;
    const next = places.findIndex((place) => place.getBoundingClientRect().top > line);
    return (next < 0 ? places.length : next) - 1;
  };

  const go = (place) => {
    if (!place) return;
    const fold = place.closest("details");
    if (fold) fold.open = true;
    place.setAttribute("tabindex", "-1");
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "center" });
    if (place.id) history.replaceState(null, "", `#${place.id}`);
  };

  const step = (selector, by) => {
    const places = all(selector).filter((place) => place.getClientRects().length);
    const at = current(places);
    go(places[Math.min(places.length - 1, Math.max(0, at + by))]);
  };

  const follow = (key) => {
    const link = document.querySelector(`a[data-key="${key}"]`);
    if (link) link.click();
    return link;
  };

  const toggleFolds = () => {
    const folds = all("details.fold");
    if (!folds.length) return follow("h");
    const open = folds.some((fold) => !fold.open);
    for (const fold of folds) fold.open = open;
    return folds;
  };

  const help = () => {
    const known = document.querySelector("dialog.keys-help");
    if (known) return known.open ? known.close() : known.showModal();
    const dialog = document.createElement("dialog");
    dialog.className = "keys-help";
    dialog.setAttribute("aria-label", "Keys");
    const list = document.createElement("dl");
    for (const [key, words] of KEYS) {
      const row = document.createElement("div");
      const term = document.createElement("dt");
      const told = document.createElement("dd");
      const cap = document.createElement("kbd");
      cap.textContent = key;
      term.append(cap);
      told.textContent = words;
      row.append(term, told);
      list.append(row);
    }
    const form = document.createElement("form");
    form.method = "dialog";
    const close = document.createElement("button");
    close.textContent = "Close";
    form.append(close);
    dialog.append(list, form);
    document.body.append(dialog);
    return dialog.showModal();
  };

  const ACTIONS = {
    n: () => step(CHANGES, 1),
    p: () => step(CHANGES, -1),
    j: () => step(PLACES, 1),
    k: () => step(PLACES, -1),
    v: () => follow("v"),
    h: toggleFolds,
    "?": help,
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    const action = ACTIONS[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  // Places are found again however their fold stands: older browsers do not open it for a link into it.
  const reveal = () => {
    const place = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const fold = place && place.closest("details:not([open])");
    if (!fold) return;
    fold.open = true;
    place.scrollIntoView();
  };
  window.addEventListener("hashchange", reveal);
  reveal();

  // What is folded on the screen is printed whole.
  window.addEventListener("beforeprint", () => {
    for (const fold of all("details.fold:not([open])")) fold.dataset.folded = fold.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const fold of all("details.fold[data-folded]")) {
      fold.open = false;
      delete fold.dataset.folded;
    }
  });
})();
