// One member's conversation with the app: history first, then events as they come.
import { renderCard } from "./cards.js";
import { element, link, picture } from "./dom.js";
import { markdown, plainText } from "./markup.js";

const TIME_ZONE = "Asia/Shanghai"; // the sample company's, wherever the browser is
const TIME_GAP = 5 * 60 * 1000;
const byId = (id) => document.getElementById(id);
const chat = byId("chat");
const who = byId("who");
let events = null;
let lastTime = 0;
let atEnd = true; // the reader is at the last message, and wants to stay there
let waiting = null; // messages that come while the history is on its way

const RENDER = {
  text: (b) => plainText(b.content.content ?? b.content.Content),
  markdown: (b) => markdown(b.content.content),
  image: (b) => picture(mediaUrl(b), "photo", "图片"),
  voice: (b) => audio(b),
  video: (b) => video(b),
  file: (b) => fileBox(b),
  textcard: (b) => textcard(b.content),
  news: (b) => news(b.content.articles),
  location: (b) => element("div", "words", `位置：${b.content.Label}`),
  link: (b) => link(b.content.Url, "words", b.content.Title),
  recalled: () => element("div", "recalled", "消息已撤回"),
  template_card: (b) => renderCard(b, (what) => post("press", { id: b.id, ...what }), openSheet),
};

function mediaUrl(bubble) {
  return `/phone/media/${bubble.content.media_id ?? bubble.content.MediaId}`;
}

function audio(bubble) {
  const url = mediaUrl(bubble);
  return element("div", "words voice", "语音 ", link(new URL(url, location.href).href, "", "下载"));
}

function video(bubble) {
  const node = element("video", "photo");
  node.controls = true;
  node.src = mediaUrl(bubble);
  return node;
}

function fileBox(bubble) {
  const name = bubble.content.FileName || bubble.content.filename;
  const kind = name.includes(".") ? name.split(".").pop().slice(0, 4) : "…";
  const url = new URL(mediaUrl(bubble), location.href).href;
  return link(url, "file-box", element("span", "file-kind", kind), element("span", "", name));
}

function textcard(content) {
  const body = element("p", "sub-title", content.description.replace(/<[^>]+>/g, ""));
  const head = element("div", "main-title", element("h2", "", content.title));
  return element("article", "card", head, body, link(content.url, "jump whole", content.btntxt || "详情"));
}

function news(articles) {
  const rows = articles.map((article) => {
    const words = element("div", "", element("b", "", article.title), element("p", "", article.description || ""));
    return link(article.url, "image-text", article.picurl ? picture(article.picurl, "thumb", "图片") : null, words);
  });
  return element("article", "card", ...rows);
}

function render(bubble) {
  const row = element("li", `row ${bubble.sender} kind-${bubble.msgtype}`);
  row.dataset.id = bubble.id;
  const draw = RENDER[bubble.msgtype] || (() => element("div", "words", `[${bubble.msgtype}]`));
  row.append(element("div", "bubble", draw(bubble)));
  if (bubble.truncated) {
    row.append(element("p", "hint", "超过接口长度上限，后面的内容已被截断"));
    row.lastElementChild.title = bubble.truncated;
  }
  if (bubble.note) row.append(element("p", "hint", `未送达：${bubble.note}`));
  return row;
}

function show(bubble) {
  const follow = atEnd;
  const old = [...chat.children].find((row) => row.dataset.id === bubble.id);
  if (old) {
    old.replaceWith(render(bubble));
  } else {
    stamp(bubble.at);
    chat.append(render(bubble));
  }
  if (follow || bubble.sender === "member") toEnd();
}

function toEnd() {
  chat.scrollTop = chat.scrollHeight;
}

function stamp(at) {
  const time = new Date(at);
  if (time - lastTime < TIME_GAP) return;
  lastTime = time;
  const words = time.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", timeZone: TIME_ZONE });
  chat.append(element("li", "time", words));
}

async function post(path, data) {
  const body = JSON.stringify({ user: who.value, ...data });
  const answer = await fetch(`/phone/${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  if (!answer.ok) alert(await answer.text());
}

function openSheet(heading, actions, choose) {
  const sheet = byId("sheet");
  const made = actions.map((action) => {
    const button = element("button", "", action.text);
    button.addEventListener("click", () => (sheet.close(), choose(action.key)));
    return button;
  });
  const cancel = element("button", "cancel", "取消");
  cancel.addEventListener("click", () => sheet.close());
  sheet.replaceChildren(element("p", "", heading || "更多操作"), ...made, cancel);
  sheet.showModal();
}

function take(bubble) {
  if (waiting) waiting.push(bubble);
  else show(bubble);
}

function open() {
  if (events) events.close();
  waiting = [];
  const user = encodeURIComponent(who.value);
  events = new EventSource(`/phone/events?user=${user}`);
  events.addEventListener("message", (event) => take(JSON.parse(event.data)));
  events.addEventListener("open", () => reload(user));
  events.addEventListener("error", () => (byId("offline").hidden = false));
}

async function reload(user) {
  waiting = [];
  byId("offline").hidden = true;
  const past = await (await fetch(`/phone/history?user=${user}`)).json();
  chat.replaceChildren();
  lastTime = 0;
  [...past, ...waiting].forEach(show);
  waiting = null;
  toEnd();
}

function sendWords(event) {
  event.preventDefault();
  const words = byId("words");
  if (!words.value.trim()) return;
  post("text", { text: words.value });
  words.value = "";
}

function chooseFile(kind, accept) {
  const file = byId("file");
  file.accept = accept;
  file.onchange = async () => {
    const form = new FormData();
    form.append("file", file.files[0]);
    await fetch(`/phone/upload?kind=${kind}&user=${encodeURIComponent(who.value)}`, { method: "POST", body: form });
    file.value = "";
    toggleDrawer();
  };
  file.click();
}

function toggleDrawer() {
  const drawer = byId("drawer");
  drawer.hidden = !drawer.hidden;
  byId("plus").setAttribute("aria-expanded", String(!drawer.hidden));
}

function listen() {
  chat.addEventListener("scroll", () => (atEnd = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 120));
  new ResizeObserver(() => atEnd && toEnd()).observe(chat);
  byId("composer").addEventListener("submit", sendWords);
  byId("words").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) sendWords(event);
  });
  byId("plus").addEventListener("click", toggleDrawer);
  for (const button of document.querySelectorAll("[data-kind]")) {
    button.addEventListener("click", () => chooseFile(button.dataset.kind, button.dataset.accept));
  }
  who.addEventListener("change", () => {
    history.replaceState(null, "", `?user=${encodeURIComponent(who.value)}`);
    open();
  });
}

async function start() {
  const company = await (await fetch("/phone/company")).json();
  byId("app-name").textContent = company.app;
  who.append(...company.users.map((user) => new Option(user.name, user.id)));
  const wanted = new URLSearchParams(location.search).get("user");
  if (company.users.some((user) => user.id === wanted)) who.value = wanted;
  listen();
  open();
}

start();
