// Keys for the list of pairs: J and K go to the next and the previous one, M merges, X says that they are two.
const pairs = [...document.querySelectorAll("form[data-pair]")];

function at() {
  return pairs.findIndex((pair) => pair.contains(document.activeElement));
}

function go(step) {
  const here = at();
  const next = pairs[Math.min(Math.max(here < 0 ? (step > 0 ? 0 : pairs.length - 1) : here + step, 0), pairs.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function press(what) {
  const pair = pairs[at()];
  pair?.querySelector(`button[value="${what}"]`)?.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input:not([type=radio]), textarea, select")) return;
  const act = { j: () => go(1), k: () => go(-1), m: () => press("merge"), x: () => press("apart") }[event.key.toLowerCase()];
  if (act) {
    event.preventDefault();
    act();
  }
});

// A decision is sent once, however often the button is pressed.
for (const pair of pairs) {
  let sent = false;
  pair.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
}
window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
