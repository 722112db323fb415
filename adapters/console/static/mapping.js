// The mapping canvas: drag a source's field onto a business field, or press one and then the other, or use the select.
// Every change asks the server what it would do; the server alone knows what a mapping means.
const canvas = document.getElementById("canvas");
const board = canvas.querySelector(".board");
const yaml = document.getElementById("yaml");
const wires = board.querySelector(".wires");
const WAIT = 400; // milliseconds after the last change
let timer = 0;
let asking = null;

const targets = () => [...board.querySelectorAll(".target")];
const choiceOf = (target) => target.querySelector("select[name^='from:']");
const columnOf = (choice) => [...board.querySelectorAll(".column")].find((one) => one.dataset.choice === choice);

function connect(target, choice, options = {}) {
  choiceOf(target).value = choice;
  for (const [name, value] of Object.entries(options)) {
    const control = value && target.querySelector(`[name^='${name}:']`);
    if (control) control.value = value;
  }
  target.querySelector(".suggestion")?.remove();
  changed();
}

function changed(event) {
  if (event?.target !== yaml) canvas.dataset.guard = "unsaved";
  draw();
  clearTimeout(timer);
  timer = setTimeout(ask, WAIT);
}

// Wires and marks follow the choices.
function draw() {
  const used = new Set(targets().map((target) => choiceOf(target).value));
  for (const column of board.querySelectorAll(".column")) column.classList.toggle("used", used.has(column.dataset.choice));
  for (const target of targets()) {
    const shown = choiceOf(target).value === "=";
    target.querySelector(".only-const").hidden = !shown;
    if (shown) target.querySelector("details").open = true;
  }
  const frame = board.getBoundingClientRect();
  wires.replaceChildren(...targets().map((target) => wire(target, frame)).filter(Boolean));
}

function wire(target, frame) {
  const column = columnOf(choiceOf(target).value);
  if (!column) return null;
  const from = column.getBoundingClientRect();
  const to = choiceOf(target).getBoundingClientRect();
  const [x1, y1] = [from.right - frame.left, from.top + from.height / 2 - frame.top];
  const [x2, y2] = [target.getBoundingClientRect().left - frame.left, to.top + to.height / 2 - frame.top];
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const bend = (x2 - x1) / 2;
  path.setAttribute("d", `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`);
  return path;
}

// What the change would do: the server draws the page, we take the parts that show it.
async function ask() {
  const form = canvas.hidden ? document.getElementById("text") : canvas;
  const body = new URLSearchParams(new FormData(form));
  body.set("do", "preview");
  asking?.abort();
  asking = new AbortController();
  const preview = document.getElementById("preview");
  preview.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" }, signal: asking.signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const id of ["preview", "faults"]) {
      const fresh = page.getElementById(id);
      if (fresh) document.getElementById(id).replaceChildren(...fresh.childNodes);
    }
    mark();
    if (form === canvas && page.getElementById("yaml")) yaml.value = yaml.defaultValue = page.getElementById("yaml").value;
    preview.setAttribute("aria-busy", "false");
  } catch (error) {
    if (error.name !== "AbortError") preview.setAttribute("aria-busy", "false");
  }
}

// Faults stand at their fields, too.
function mark() {
  const wrong = new Set([...document.querySelectorAll("#faults [data-field]")].map((fault) => fault.dataset.field));
  for (const target of targets()) {
    target.classList.toggle("wrong", wrong.has(target.dataset.field));
    choiceOf(target).setAttribute("aria-invalid", String(wrong.has(target.dataset.field)));
  }
}

// Press a field, then where it belongs.
function pick(column) {
  const again = column.getAttribute("aria-pressed") === "true";
  for (const one of board.querySelectorAll(".column")) one.setAttribute("aria-pressed", String(one === column && !again));
}

// Drag with mouse, pen or finger (by the grip, so that a finger may scroll elsewhere).
function drag(column, start) {
  const ghost = document.createElement("div");
  let over = null;
  const move = (event) => {
    if (!ghost.isConnected) {
      if (Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < 6) return;
      ghost.className = "dragged";
      ghost.textContent = column.querySelector("strong").textContent;
      document.body.append(ghost);
    }
    ghost.style.left = `${event.clientX + 12}px`;
    ghost.style.top = `${event.clientY + 12}px`;
    over?.classList.remove("over");
    over = document.elementFromPoint(event.clientX, event.clientY)?.closest(".target");
    over?.classList.add("over");
  };
  const end = (event) => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", end);
    removeEventListener("pointercancel", end);
    over?.classList.remove("over");
    const dragged = ghost.isConnected;
    ghost.remove();
    if (dragged) { // the click that a mouse makes of it is none
      const swallow = (click) => click.stopPropagation();
      addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => removeEventListener("click", swallow, { capture: true }));
    }
    if (dragged && over && event.type === "pointerup") connect(over, column.dataset.choice);
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
}

board.addEventListener("pointerdown", (event) => {
  const column = event.target.closest(".column");
  if (!column || event.button || (event.pointerType === "touch" && !event.target.closest(".grip"))) return;
  drag(column, event);
});
board.addEventListener("click", (event) => {
  const column = event.target.closest(".column");
  if (column) return pick(column);
  const chip = event.target.closest(".suggest");
  if (chip) return connect(chip.closest(".target"), chip.dataset.choice, { unit: chip.dataset.unit, format: chip.dataset.format });
  const picked = board.querySelector(".column[aria-pressed=true]");
  const target = event.target.closest(".target");
  if (picked && target && !event.target.closest("summary, input, textarea")) {
    connect(target, picked.dataset.choice);
    pick(picked);
  }
});
canvas.addEventListener("input", changed);
yaml.addEventListener("input", changed);
// guard.js asks before changes are left behind; the two forms are one definition, so sending either leaves none.
for (const form of [canvas, document.getElementById("text")]) {
  form.addEventListener("submit", () => {
    canvas.dataset.guard = "";
    yaml.defaultValue = yaml.value;
  });
}
canvas.addEventListener("toggle", draw, true);
new ResizeObserver(draw).observe(board);
for (const place of [window, board.querySelector("section")]) place.addEventListener("scroll", () => requestAnimationFrame(draw), { passive: true });

const tabs = [...document.querySelectorAll("[role=tab]")];
for (const tab of tabs) {
  tab.addEventListener("click", () => show(tab));
  tab.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    const other = tabs[1 - tabs.indexOf(tab)];
    other.focus();
    show(other);
  });
}

// What was changed on one side is on the other: the text follows the canvas at once; the canvas follows a saved text.
function show(tab) {
  for (const one of tabs) {
    one.setAttribute("aria-selected", String(one === tab));
    document.getElementById(one.getAttribute("aria-controls")).hidden = one !== tab;
  }
  draw();
}

draw();
mark();
