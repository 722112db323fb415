// Modals and the App Home.
import { drawBlocks } from "./blocks.js";
import { element, pressable } from "./dom.js";

let shown = ""; // id and hash of the modal that is drawn

export function drawModal(dialog, modals, send) {
  const view = modals.at(-1);
  if (!view) {
    shown = "";
    if (dialog.open) dialog.close();
    return;
  }
  if (shown === view.id + view.hash) return;
  shown = view.id + view.hash;
  dialog.replaceChildren(form(dialog, view, send));
  if (!dialog.open) dialog.showModal();
}

function form(dialog, view, send) {
  const press = (spec, chosen) => send("press-view", { view: view.id, action: spec.action_id, chosen });
  const close = () => send("close", { view: view.id });
  const head = element("header", "modal-head", element("h2", "", view.title.text), cross(close));
  const whole = element("p", "error whole");
  const body = element("div", "modal-body", ...drawBlocks(view.blocks, press), whole);
  const foot = element("footer", "modal-foot", pressable("button", view.close?.text || "取消", close));
  const node = element("form", "", head, body, foot);
  node.noValidate = true;
  if (view.submit) foot.append(submitButton(view.submit.text));
  node.addEventListener("submit", (event) => (event.preventDefault(), submit(node, view)));
  dialog.oncancel = (event) => (event.preventDefault(), close());
  return node;
}

function cross(close) {
  const node = pressable("plain cross", "×", close);
  node.setAttribute("aria-label", "关闭");
  return node;
}

function submitButton(words) {
  const node = element("button", "button primary", words);
  node.type = "submit";
  return node;
}

async function submit(node, view) {
  const button = node.querySelector("[type=submit]");
  button.disabled = true;
  node.querySelectorAll(".error").forEach((place) => (place.textContent = ""));
  const missing = view.blocks.filter((block) => block.type === "input" && !block.optional && isEmpty(node, block));
  if (missing.length) {
    missing.forEach((block) => complain(node, block.block_id, "请填写此项"));
  } else {
    const body = JSON.stringify({ user: new URLSearchParams(location.search).get("user"), view: view.id, values: values(node) });
    const answer = await fetch("/client/submit", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    Object.entries((await answer.json()).errors).forEach(([block, words]) => complain(node, block, words));
  }
  button.disabled = false;
}

function isEmpty(node, block) {
  const value = fieldOf(node, block.block_id).read();
  return value === null || value.length === 0;
}

function fieldOf(node, block) {
  return [...node.querySelectorAll(".input")].find((row) => row.dataset.block === block).querySelector("[data-action]");
}

function values(node) {
  const fields = [...node.querySelectorAll(".input [data-action]")];
  return Object.fromEntries(fields.map((field) => [field.dataset.action, field.read()]));
}

function complain(node, block, words) {
  const row = block && [...node.querySelectorAll(".input")].find((one) => one.dataset.block === block);
  (row ? row.querySelector(".error") : node.querySelector(".whole")).textContent = words;
}

export function drawHome(place, view, send) {
  const press = (spec, chosen) => send("press-view", { view: view.id, action: spec.action_id, chosen });
  const nothing = element("p", "empty", "应用还没有发布主页。");
  place.replaceChildren(...(view ? drawBlocks(view.blocks, press) : [nothing]));
}
