// One person's workspace: channels, the DM with the app, threads, modals, the App Home.
import { setChoices } from "./controls.js";
import { pressable } from "./dom.js";
import { setNames } from "./markup.js";
import { drawMessages } from "./messages.js";
import { drawHome, drawModal } from "./views.js";

const byId = (id) => document.getElementById(id);
let space = null; // the workspace as this person sees it
let channel = null;
let tab = "messages";
let thread = ""; // open at the side (channels) or as the conversation (assistant)
let history = { posts: [], threads: {} };
let events = null;
let startingThread = false;

const me = () => byId("who").value;
const inDm = () => channel.kind === "im";
const isAssistant = (ts) => ts in history.threads && history.posts.some((post) => post.ts === ts && post.subtype === "assistant_app_thread");

async function get(path, more = {}) {
  return (await fetch(`/client/${path}?${new URLSearchParams({ user: me(), ...more })}`)).json();
}

async function send(what, data) {
  const body = JSON.stringify({ user: me(), ...data });
  const answer = await fetch(`/client/do/${what}`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  if (!answer.ok) say(await answer.text());
}

function say(words) {
  byId("notice").textContent = words;
  byId("notice").hidden = !words;
}

function drawSidebar() {
  byId("team").textContent = space.team;
  const items = space.channels.map((one) => {
    const words = one.kind === "im" ? space.app.name : `${one.kind === "group" ? "🔒 " : "# "}${one.name}`;
    const node = pressable(`channel ${one.id === channel.id ? "current" : ""}`, words, () => choose(one));
    node.dataset.channel = one.id;
    return node;
  });
  byId("channels").replaceChildren(...items);
}

async function choose(one) {
  [channel, tab, thread] = [one, "messages", ""];
  byId("sidebar").classList.remove("open");
  drawSidebar();
  byId("home").hidden = true;
  byId("tabs").hidden = !inDm();
  await refresh(true);
  if (inDm()) send("home", { tab: "messages" });
}

async function refresh(toEnd = false) {
  const wanted = channel.id;
  const fresh = await get("history", { channel: wanted });
  if (wanted !== channel.id) return;
  history = fresh;
  if (startingThread) openNewest();
  draw(toEnd);
}

function openNewest() {
  const newest = history.posts.filter((post) => post.subtype === "assistant_app_thread").at(-1);
  if (newest && newest.ts !== thread) [thread, startingThread] = [newest.ts, false];
}

function draw(toEnd = false) {
  const assistant = inDm() && isAssistant(thread);
  const replies = (post) => history.posts.filter((other) => other.thread_ts === post.ts && other.ts !== post.ts).length;
  const press = (post, spec, chosen) => send("press", { channel: channel.id, ts: post.ts, action: spec.action_id, chosen });
  const top = history.posts.filter((post) => (!post.thread_ts || post.thread_ts === post.ts) && post.subtype !== "assistant_app_thread");
  const inThread = history.posts.filter((post) => [post.ts, post.thread_ts].includes(thread) && post.subtype !== "assistant_app_thread");
  byId("title").textContent = inDm() ? space.app.name : `# ${channel.name}`;
  drawMessages(byId("messages"), assistant ? inThread : top, { press, toEnd, replies, open: assistant ? null : openThread });
  drawTabs();
  drawAssistant(assistant ? history.threads[thread] : null, inThread.length === 0);
  byId("aside").hidden = !thread || assistant;
  if (!byId("aside").hidden) {
    drawMessages(byId("replies"), inThread, { press, toEnd });
    byId("aside-status").textContent = history.threads[thread]?.status || "";
  }
}

function drawTabs() {
  const choices = history.posts.filter((post) => post.subtype === "assistant_app_thread");
  const name = (post) => history.threads[post.ts]?.title || `对话 ${new Date(post.ts * 1000).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" })}`;
  byId("threads").replaceChildren(new Option("消息", ""), ...choices.map((post) => new Option(name(post), post.ts)));
  byId("threads").value = isAssistant(thread) ? thread : "";
  byId("threads").hidden = choices.length === 0;
  byId("tab-messages").setAttribute("aria-selected", String(tab === "messages"));
  byId("tab-home").setAttribute("aria-selected", String(tab === "home"));
  byId("talk").hidden = tab === "home";
  byId("home").hidden = tab !== "home";
}

function drawAssistant(state, fresh) {
  byId("assistant").hidden = !state;
  if (!state) return;
  byId("status").textContent = state.status ? `${space.app.name} ${state.status}` : "";
  byId("prompts-title").textContent = fresh && state.prompts.length ? state.prompts_title || "试试问：" : "";
  const ask = (prompt) => send("say", { channel: channel.id, thread_ts: thread, text: prompt.message });
  byId("prompts").replaceChildren(...(fresh ? state.prompts : []).map((prompt) => pressable("prompt", prompt.title, () => ask(prompt))));
}

function openThread(post) {
  thread = post.thread_ts || post.ts;
  draw();
  byId("reply-words").focus();
}

async function showTab(which) {
  tab = which;
  drawTabs();
  await send("home", { tab: which });
  if (which === "home") await refreshViews();
}

async function refreshViews() {
  const views = await get("views");
  drawModal(byId("modal"), views.modals, send);
  drawHome(byId("home"), views.home, send);
}

function submitWords(box, threadTs) {
  const text = box.value.trim();
  if (!text) return;
  box.value = "";
  const command = space.commands.find((name) => text === name || text.startsWith(`${name} `));
  if (command) return send("command", { channel: channel.id, command, text: text.slice(command.length).trim() });
  const escaped = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const mention = escaped.replaceAll(`@${space.app.name}`, `<@${space.app.user}>`);
  return send("say", { channel: channel.id, thread_ts: threadTs, text: mention });
}

async function upload(input) {
  const form = new FormData();
  form.append("file", input.files[0]);
  const where = new URLSearchParams({ user: me(), channel: channel.id, thread_ts: inDm() && isAssistant(thread) ? thread : "" });
  await fetch(`/client/upload?${where}`, { method: "POST", body: form });
  input.value = "";
}

function take(change) {
  if (change.what === "post" || change.what === "thread") {
    if (change.channel === channel.id) return refresh();
    document.querySelector(`[data-channel="${CSS.escape(change.channel)}"]`)?.classList.add("unread");
    return null;
  }
  return refreshViews();
}

async function signIn() {
  window.history.replaceState(null, "", `?user=${encodeURIComponent(me())}`);
  space = await get("workspace");
  setNames(Object.fromEntries([[space.app.user, space.app.name], ...space.users.map((u) => [u.id, u.name]), ...space.channels.map((c) => [c.id, c.name])]));
  setChoices(space.users, space.channels);
  if (events) events.close();
  events = new EventSource(`/client/events?user=${encodeURIComponent(me())}`);
  events.addEventListener("message", (event) => take(JSON.parse(event.data)));
  events.addEventListener("open", () => (say(""), refresh(), refreshViews()));
  events.addEventListener("error", () => say("连接中断，正在重连…"));
  await choose(space.channels[0]);
}

function composer(form, box, threadOf) {
  form.addEventListener("submit", (event) => (event.preventDefault(), submitWords(box, threadOf())));
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submitWords(box, threadOf());
  });
}

function listen() {
  composer(byId("composer"), byId("words"), () => (inDm() && isAssistant(thread) ? thread : ""));
  composer(byId("reply"), byId("reply-words"), () => thread);
  byId("who").addEventListener("change", signIn);
  byId("tab-messages").addEventListener("click", () => showTab("messages"));
  byId("tab-home").addEventListener("click", () => showTab("home"));
  byId("threads").addEventListener("change", () => ((thread = byId("threads").value), draw(true)));
  byId("new-thread").addEventListener("click", async () => {
    if (tab === "home") await showTab("messages");
    startingThread = true;
    await send("assistant", {});
  });
  byId("close-aside").addEventListener("click", () => ((thread = ""), draw()));
  byId("menu").addEventListener("click", () => byId("sidebar").classList.add("open"));
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#sidebar, #menu")) byId("sidebar").classList.remove("open");
  });
  byId("attach").addEventListener("click", () => byId("file").click());
  byId("file").addEventListener("change", () => upload(byId("file")));
  byId("mention").addEventListener("click", () => ((byId("words").value += `@${space.app.name} `), byId("words").focus()));
}

async function start() {
  const first = await (await fetch("/client/workspace")).json();
  byId("who").append(...first.users.map((user) => new Option(user.name, user.id)));
  const wanted = new URLSearchParams(location.search).get("user");
  if (first.users.some((user) => user.id === wanted)) byId("who").value = wanted;
  listen();
  await signIn();
}

start();
