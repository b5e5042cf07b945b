// What the page can do beyond plain links and forms. Everything here has a button or a link; nothing needs it.
const KEYS_OFF = "gatehouse.keys-off";
const GO = {
  d: "desk", c: "cases", s: "screening", p: "parties", i: "items", a: "authorizations",
  k: "clocks", r: "reports", b: "rulebook", e: "evidence", n: "inbox",
};
let waitingForPlace = 0;
let at = null;

// Storage may be switched off by policy; the page then simply forgets.
const remember = (name, value) => { try { localStorage.setItem(name, value); } catch { /* nothing to remember with */ } };
const recall = (name) => { try { return localStorage.getItem(name); } catch { return null; } };

const typing = (element) => element.matches("input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll("[data-rows] > *")].filter((row) => row.offsetParent !== null);

function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog?.showModal || dialog.open) return;
  dialog.showModal();
  // Never rest on a deciding button: begin at the first field, or at the close button.
  (dialog.querySelector("[autofocus], textarea, input:not([type=hidden]), select") ?? dialog.querySelector("button"))?.focus();
}

function step(by) {
  const all = rows();
  if (!all.length) return;
  const index = Math.min(Math.max(all.indexOf(at) + by, 0), all.length - 1);
  at?.classList.remove("at");
  at = all[index];
  at.classList.add("at");
  (at.querySelector("a, summary, button, input") ?? at).focus({ preventScroll: true });
  at.scrollIntoView({ block: "nearest" });
}

let lastChecked = null;
function select(box, withShift) {
  const boxes = [...document.querySelectorAll("[data-rows] input[type=checkbox]")];
  if (withShift && lastChecked) {
    const [from, to] = [boxes.indexOf(lastChecked), boxes.indexOf(box)].sort((a, b) => a - b);
    boxes.slice(from, to + 1).forEach((other) => { other.checked = box.checked; mark(other); });
  }
  mark(box);
  lastChecked = box;
}
const mark = (box) => box.closest("tr")?.setAttribute("aria-selected", String(box.checked));

const commands = {
  "/": () => { const search = document.getElementById("search"); search?.focus(); search?.select(); },
  "?": () => openDialog("keys"),
  g: () => { waitingForPlace = Date.now(); },
  j: () => step(1),
  k: () => step(-1),
  o: () => at?.querySelector("a, summary")?.click(),
  x: () => at?.querySelector("input[type=checkbox]")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (typing(event.target)) {
    if (event.key === "Escape" && event.target.id === "search") event.target.blur();
    return;
  }
  if (recall(KEYS_OFF) || document.querySelector("dialog:modal")) return;
  const key = event.key.toLowerCase();
  if (waitingForPlace && Date.now() - waitingForPlace < 1500) {
    waitingForPlace = 0;
    const link = GO[key] && document.querySelector(`[data-go="${GO[key]}"]`);
    if (link) { event.preventDefault(); link.click(); }
    return;
  }
  // A page's own keys come first. A grave act carries no data-key.
  const own = /^[a-z0-9]$/.test(key) && document.querySelector(`[data-key="${key}"]:not(:disabled)`);
  if (own) { event.preventDefault(); own.click(); return; }
  if (commands[key]) { event.preventDefault(); commands[key](); }
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) { event.preventDefault(); openDialog(opener.dataset.dialog); }
  const box = event.target.closest("[data-rows] input[type=checkbox]");
  if (box) select(box, event.shiftKey);
  const copy = event.target.closest("[data-copy]");
  if (copy && navigator.clipboard) {
    const words = copy.dataset.copied ?? "";
    navigator.clipboard.writeText(copy.dataset.copy).then(() => { if (words) copy.textContent = words; });
  }
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-rows] > *");
  if (row && row !== at) { at?.classList.remove("at"); at = row; }
});

// A dialog with an error inside opens again by itself, so that the words typed in it are not lost from sight.
function reopen(root) {
  const wrong = root.querySelector?.("dialog:has([aria-invalid=true], .form-errors)");
  if (wrong && !wrong.open) openDialog(wrong.id);
}

// A link to a folded finding unfolds it.
function unfold() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = target && (target.matches("details") ? target : target.querySelector(":scope details:only-of-type"));
  for (let part = folded; part; part = part.parentElement.closest("details")) part.open = true;
  if (folded) target.scrollIntoView();
}

// Words typed and not saved are asked about before the page is left. Forms that only look (GET) are not guarded.
const dirty = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[method=post]");
  if (form && !form.matches("[data-unguarded]")) dirty.add(form);
});
document.addEventListener("submit", (event) => dirty.delete(event.target));
window.addEventListener("beforeunload", (event) => {
  if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
});
// After a fragment was exchanged, forms that went with it are forgotten.
document.addEventListener("htmx:after:swap", (event) => {
  for (const form of dirty) if (!form.isConnected) dirty.delete(form);
  reopen(event.target);
});

const switchKeys = document.getElementById("keys-on");
if (switchKeys) {
  switchKeys.checked = !recall(KEYS_OFF);
  switchKeys.addEventListener("change", () => remember(KEYS_OFF, switchKeys.checked ? "" : "1"));
}
window.addEventListener("hashchange", unfold);
unfold();
reopen(document);
