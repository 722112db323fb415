// Puts the chat together: history, the open stream, the outbox, cards, uploads and the input line.
import { call } from "./api.js";
import { wait } from "./busy.js";
import { watchCards } from "./cards.js";
import { watchComposer } from "./composer.js";
import { Log } from "./log.js";
import { Outbox } from "./outbox.js";
import { Tray, watchDrops } from "./uploads.js";

const THINKING_MS = 60000;
const QUIET_MS = 4000; // a cut this short isn't worth a word

const chat = document.getElementById("chat");
const texts = JSON.parse(chat.dataset.texts);
const log = new Log(chat);
const welcome = document.getElementById("welcome");
const older = document.getElementById("older");
const thinking = document.getElementById("thinking");
const draft = document.getElementById("draft");
const notice = document.getElementById("notice");
const title = document.title;
let more = null;
let loaded = false;
let unread = 0;
let thinkingTimer = 0;
let noticeTimer = 0;
let ended = false;
let input = null;

const events = {
  hint(text) {
    const hint = document.getElementById("hint");
    hint.textContent = text;
    hint.hidden = !text;
  },
  shown() {
    welcome.hidden = true;
  },
  sent(element) {
    const answered = element?.nextElementSibling?.classList.contains("out"); // faster than the acknowledgement
    if (!answered) think(true);
  },
  signedOut() {
    ended = true;
    say(texts.signed_out, texts.sign_in);
  },
  say: (text, uploads) => outbox.say(text, uploads),
  changed: () => input?.ready(),
  focus: () => input?.focus(),
};
const outbox = new Outbox(chat, log, texts, events);
const tray = new Tray(chat, texts, events);

function think(on) {
  clearTimeout(thinkingTimer);
  thinking.querySelector(".words").textContent = on ? texts.thinking : "";
  draft.hidden = true;
  thinking.hidden = !on;
  if (!on) return;
  log.toBottom();
  thinkingTimer = setTimeout(() => think(false), THINKING_MS);
}

function say(text, link = "") {
  clearTimeout(noticeTimer);
  notice.textContent = text;
  notice.hidden = !text;
  if (link) notice.append(" ", Object.assign(document.createElement("a"), { href: "/sign-in", textContent: link }));
}

// The newest page, at the start and after every cut; what is shown already stays.
async function refresh() {
  try {
    const page = await call("/chat/history");
    if (loaded && page.entries.length && !page.entries.some((entry) => log.has(entry.id))) return location.reload();
    log.merge(page.entries);
    if (!loaded) begin(page);
    if (page.entries.at(-1)?.direction === "out") think(false);
  } catch (error) {
    if (error.signedOut) events.signedOut();
    else say(texts.history_failed);
  }
  return undefined;
}

function begin(page) {
  loaded = true;
  more = page.more;
  older.hidden = more === null;
  outbox.restore();
  welcome.hidden = !log.empty;
  log.toBottom();
}

async function loadOlder() {
  older.disabled = true;
  try {
    const page = await call(`/chat/history?before=${more}`);
    more = page.more;
    log.prepend(page.entries);
    older.hidden = more === null;
  } catch (error) {
    if (error.signedOut) events.signedOut();
    else say(texts.history_failed);
  }
  older.disabled = false;
}

function arrive(entry) {
  const fresh = log.append(entry);
  events.shown();
  if (entry.direction !== "out") return;
  think(false);
  for (const button of log.list.querySelectorAll("button[aria-busy=true]")) wait(button, false);
  if (fresh && document.hidden) document.title = `(${(unread += 1)}) ${title}`;
}

function listen() {
  const stream = new EventSource("/chat/stream");
  stream.addEventListener("hello", () => {
    say("");
    refresh();
  });
  stream.addEventListener("entry", (event) => arrive(JSON.parse(event.data)));
  stream.addEventListener("draft", (event) => {
    think(true);
    draft.innerHTML = JSON.parse(event.data).html; // safe: our server made it of Markdown, as it makes entries
    draft.hidden = false;
    log.toBottom();
  });
  stream.addEventListener("signed_out", () => {
    stream.close();
    events.signedOut();
  });
  stream.addEventListener("error", () => {
    if (ended) return;
    clearTimeout(noticeTimer);
    noticeTimer = setTimeout(() => { if (stream.readyState !== EventSource.OPEN) say(texts.reconnecting); }, QUIET_MS);
    if (stream.readyState === EventSource.CLOSED) setTimeout(again, QUIET_MS); // the server answered with an error
  });
}

async function again() {
  await refresh(); // tells whether the session has ended
  if (!ended) listen();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unread = 0;
  document.title = title;
});
older.addEventListener("click", loadOlder);
welcome.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-say]");
  if (chip) {
    outbox.say(chip.dataset.say, []);
    input.focus();
  }
});

input = watchComposer(chat, tray, texts, events);
watchCards(log, texts, events);
watchDrops(tray);
listen();
if (matchMedia("(pointer: fine)").matches) input.focus();
