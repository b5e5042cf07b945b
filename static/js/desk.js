// On the form of an answer: only the grounds of the chosen answer are offered, and a colleague only where it is passed
// on. Without this file every ground is offered, and the server says which belong together.
for (const form of document.querySelectorAll("form[data-narrow]")) {
  const ground = form.elements.namedItem("code");
  const passed = form.querySelector("[data-for=escalated]");
  const narrow = () => {
    const chosen = form.querySelector("[name=verdict]:checked")?.value ?? "";
    for (const group of ground.querySelectorAll("optgroup")) {
      const belongs = [...group.children].some((one) => one.value.startsWith(`${chosen}:`));
      group.hidden = group.disabled = Boolean(chosen) && !belongs;
    }
    if (chosen && ground.value && !ground.value.startsWith(`${chosen}:`)) ground.value = "";
    if (passed) passed.hidden = chosen !== "escalated";
  };
  form.addEventListener("change", narrow);
  narrow();
  // Out of a field and on without the mouse. Only the desk's own button has the key s: a true match stays a deed apart.
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && event.target.matches("select, textarea")) event.target.blur();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.querySelector("button[data-key=s]")?.click();
  });
}
// The match shown is brought into sight inside the queue; the page itself stays at its beginning.
const here = document.querySelector(".hit-queue [aria-current]");
for (let box = here?.parentElement; box && box !== document.body; box = box.parentElement) {
  if (box.scrollHeight <= box.clientHeight || getComputedStyle(box).overflowY === "visible") continue;
  box.scrollTop += here.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
  break;
}
