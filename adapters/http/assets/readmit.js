// Readmit: what the pages do on top of plain HTML. Every page works without this file.
// Elements ask for it by data attributes; all texts come from the page, so that it can be translated.

const root = document.documentElement;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const fill = (template, values) => template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** The text `data-<name>` of the element or of its nearest ancestor that has it. */
const text = (element, name, fallback = "") =>
  element.closest(`[data-${name}]`)?.getAttribute(`data-${name}`) ?? fallback;

/** Says something to a screen reader, politely. */
function announce(message) {
  const live = document.querySelector("[data-live]");
  if (live && message) live.textContent = message;
}

// Time: the server's clock counts, not the visitor's

const skew = root.dataset.now ? Date.parse(root.dataset.now) - Date.now() : 0;
const now = () => Date.now() + skew;
const said = new WeakMap();

function countdown(element) {
  const left = Math.max(0, Math.ceil((Date.parse(element.dateTime) - now()) / 1000));
  const values = { h: Math.floor(left / 3600), m: Math.floor(left / 60) % 60, s: left % 60 };
  const size = left === 0 ? "over" : left >= 3600 ? "hours" : left >= 60 ? "minutes" : "seconds";
  const template = text(element, `countdown-${size}`);
  const shown = template ? fill(template, values) : element.textContent;
  if (element.textContent !== shown) element.textContent = shown;
  element.classList.toggle("over", left === 0);

  // Each of the marks (minutes) is said once, when time passes it.
  const before = said.get(element) ?? left;
  said.set(element, left);
  const mark = (element.dataset.announce ?? "").split(",").map(Number).findLast((m) => before > m * 60 && left <= m * 60);
  if (mark) announce(fill(text(element, `announce-${mark}`, text(element, "announce-text")), { m: mark }));
  if (element.dataset.announce && before > 0 && left === 0) announce(shown);
}

function drain(bar) {
  const from = Date.parse(bar.dataset.from);
  const until = Date.parse(bar.dataset.until);
  bar.value = bar.max * Math.min(1, Math.max(0, (until - now()) / (until - from)));
  bar.classList.toggle("low", until - now() < 5 * 60 * 1000);
}

function tick() {
  all("time[data-countdown]").forEach(countdown);
  all("progress[data-until]").forEach(drain);
}

const shapes = {
  date: { dateStyle: "medium" },
  time: { timeStyle: "short" },
  zone: { hour: "2-digit", minute: "2-digit", timeZoneName: "short" },
  full: { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" },
  "": { dateStyle: "medium", timeStyle: "short" },
};

function localise(within) {
  for (const element of all("time[data-local]", within)) {
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.valueOf())) continue;
    element.title ||= element.textContent.trim();
    // A time of day says enough of today alone.
    const today = at.toDateString() === new Date(now()).toDateString();
    const shape = element.dataset.local === "time" && !today ? "" : element.dataset.local;
    element.textContent = new Intl.DateTimeFormat(root.lang || undefined, shapes[shape] ?? shapes[""]).format(at);
  }
}

// Menus: close on a click outside, on Escape, and when focus leaves

const openMenus = () => all("details.menu[open]");

for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, ({ target }) => {
    for (const menu of openMenus()) if (!menu.contains(target)) menu.open = false;
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Copy, download, print

function textOf(selector) {
  const source = document.querySelector(selector);
  if (!source) return "";
  if ("value" in source) return source.value;
  const items = all("li", source);
  const read = (node) => (node.dataset.text ?? node.textContent).trim();
  return items.length ? items.map(read).join("\n") : read(source);
}

async function copy(button) {
  const label = button.querySelector("[data-label]") ?? button;
  try {
    await navigator.clipboard.writeText(textOf(button.dataset.copy));
  } catch {
    // No permission, or not a secure page: select it, so that the visitor can copy it.
    const source = document.querySelector(button.dataset.copy);
    if (source) getSelection().selectAllChildren(source);
    return;
  }
  const done = text(button, "copied");
  announce(done);
  if (!done || button.dataset.was) return;
  button.style.minWidth = `${button.offsetWidth}px`;
  button.dataset.was = label.textContent;
  label.textContent = done;
  setTimeout(() => {
    label.textContent = button.dataset.was;
    delete button.dataset.was;
    button.style.minWidth = "";
  }, 2500);
}

function download(element) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([textOf(element.dataset.download) + "\n"], { type: "text/plain" }));
  link.download = element.dataset.filename || "readmit.txt";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

document.addEventListener("click", (event) => {
  const asked = event.target.closest?.("[data-copy], [data-download], [data-print], [data-theme-set]");
  if (!asked) return;
  event.preventDefault();
  if (asked.dataset.copy) copy(asked);
  else if (asked.dataset.download) download(asked);
  else if (asked.dataset.themeSet) setTheme(asked.dataset.themeSet);
  else print();
});

// Theme: a cookie, so that the server renders the choice

function setTheme(theme) {
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  const age = theme === "auto" ? 0 : 31536000;
  document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax`;
  showTheme();
}

function showTheme() {
  const theme = root.dataset.theme ?? "auto";
  for (const button of all("[data-theme-set]")) button.setAttribute("aria-pressed", button.dataset.themeSet === theme);
}

// Forms: sent once

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "get") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  // After this turn: a disabled button would not send its own name and value.
  setTimeout(() => {
    for (const button of all("button:not([type=button]):not(:disabled)", form)) {
      button.disabled = true;
      button.setAttribute("aria-busy", "true");
    }
  });
  // A form that answers with a file leaves the page as it is.
  if ("file" in form.dataset || form.target) setTimeout(() => release(form), 3000);
});

function release(form) {
  delete form.dataset.sent;
  for (const button of all("button[aria-busy]", form)) {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

// Back to a page that the browser has kept: what it showed may not be so any more, or was shown once.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

// Codes that change with the time: drawn anew when they do

const SOON = 1000;

function freshen(element) {
  setTimeout(async () => {
    try {
      const answer = await fetch(location.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(element.id);
      if (fresh) element.replaceWith(fresh);
      freshen(fresh ?? element);
    } catch {
      setTimeout(freshen, 10 * SOON, element);
    }
  }, Math.max(SOON, Date.parse(element.dataset.freshUntil) - now() + SOON));
}

// Replay: the state of a case as of one event

function replay(form) {
  const range = form.querySelector("input[type=range]");
  const play = form.querySelector("[data-replay-play]");
  const label = play?.querySelector("[data-label]");
  const names = { play: label?.textContent, pause: play?.dataset.pause };
  let asking;
  let waiting;
  let playing = false;

  async function show() {
    const url = new URL(form.action || location.href, location.href);
    url.search = new URLSearchParams(new FormData(form));
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(url, { signal: asking.signal });
      if (!answer.ok || answer.redirected) return location.assign(url);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const region of all("[data-replay-region]")) {
        const fresh = page.querySelector(`[data-replay-region="${region.dataset.replayRegion}"]`);
        if (!fresh) continue;
        region.replaceChildren(...fresh.childNodes);
        localise(region);
      }
      const told = page.querySelector(`#${range.id}`)?.getAttribute("aria-valuetext");
      if (told) range.setAttribute("aria-valuetext", told);
      history.replaceState(history.state, "", url);
      steps();
      centre();
      tick();
    } catch (error) {
      if (error.name !== "AbortError") location.assign(url);
    }
  }

  /** Moves to a step; false if there is none. */
  function go(step) {
    if (step < Number(range.min) || step > Number(range.max)) return false;
    range.value = step;
    show();
    return true;
  }

  function steps() {
    for (const link of all("[data-replay-step]", form)) {
      const step = Number(range.value) + Number(link.dataset.replayStep);
      const there = Math.min(Math.max(step, Number(range.min)), Number(range.max));
      link.setAttribute("aria-disabled", there !== step);
      // Without an address the Tab key would not reach it.
      link.setAttribute("href", `?step=${there}`);
    }
  }

  function setPlaying(on) {
    playing = on;
    if (label) label.textContent = on ? names.pause : names.play;
    const icon = play?.querySelector(".icon");
    icon?.classList.toggle("icon-play", !on);
    icon?.classList.toggle("icon-pause", on);
    clearInterval(waiting);
    if (!on) return;
    if (range.value === range.max) go(Number(range.min));
    waiting = setInterval(() => go(Number(range.value) + 1) || setPlaying(false), 1600);
  }

  range.addEventListener("input", () => {
    if (playing) setPlaying(false);
    clearTimeout(waiting);
    waiting = setTimeout(show, 60);
    steps();
  });
  form.addEventListener("click", (event) => {
    const link = event.target.closest("[data-replay-step]");
    if (!link) return;
    event.preventDefault();
    if (playing) setPlaying(false);
    go(Number(range.value) + Number(link.dataset.replayStep));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
  play?.addEventListener("click", () => setPlaying(!playing));
  steps();
}

/** Brings what is current into sight where a phone shows only a part of the strip. */
function centre() {
  for (const strip of all(".nav, .lanes")) {
    const here = strip.querySelector("[aria-current]")?.getBoundingClientRect();
    const box = strip.getBoundingClientRect();
    if (here && strip.scrollWidth > strip.clientWidth) strip.scrollLeft += here.left + here.width / 2 - box.left - box.width / 2;
  }
}

// Start

localise(document);
centre();
showTheme();
tick();
setInterval(tick, 1000);
all("form[data-replay]").forEach(replay);
all("[data-fresh-until]").forEach(freshen);
