// Messages on their way: shown at once, sent in order, repeated until the server has them.
// They wait in the tab's storage, so that a reload loses nothing; the server stores each id once.
import { call, newId } from "./api.js";

const WAITS_MS = [1000, 2000, 4000, 8000, 15000, 30000];

export class Outbox {
  constructor(chat, log, texts, events) {
    this.log = log;
    this.texts = texts;
    this.events = events;
    this.person = chat.dataset.person;
    this.key = `outbox:${this.person}`;
    this.waiting = [];
    this.busy = false;
    this.wake = null;
    addEventListener("online", () => this.wake?.());
  }

  restore() {
    for (const message of JSON.parse(sessionStorage.getItem(this.key) || "[]")) this.add(message);
  }

  say(text, uploads) {
    this.add({ id: newId(), text, uploads });
  }

  add(message) {
    this.waiting.push(message);
    this.keep();
    this.show(message);
    this.send();
  }

  show(message) {
    const id = this.fullId(message);
    if (this.log.has(id)) return;
    const element = document.getElementById("own").content.firstElementChild.cloneNode(true);
    element.classList.add("pending");
    element.dataset.id = id;
    element.dataset.day = this.log.today();
    element.querySelector(".said").textContent = message.text;
    element.querySelector(".said").hidden = !message.text;
    const names = element.querySelector(".names");
    names.hidden = !message.uploads.length;
    names.append(...message.uploads.map((upload) => Object.assign(document.createElement("li"), { textContent: upload.name })));
    this.log.list.append(element);
    this.log.separate();
    this.log.toBottom();
    this.state(message, this.texts.sending);
    this.events.shown();
  }

  async send() {
    if (this.busy) return;
    this.busy = true;
    for (let next = this.next(); next; next = this.next()) await this.deliver(next);
    this.busy = false;
  }

  next() {
    return this.waiting.find((message) => !message.failed);
  }

  async deliver(message) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await call("/chat/messages", { id: message.id, text: message.text, uploads: message.uploads.map((upload) => upload.id) });
        this.done(message);
        return;
      } catch (error) {
        if (error.signedOut) this.events.signedOut();
        if (!error.again || attempt >= WAITS_MS.length) {
          this.fail(message, error);
          return;
        }
        this.state(message, error.message || this.texts.retrying, "waiting");
        await this.pause(WAITS_MS[attempt]);
      }
    }
  }

  done(message) {
    this.drop(message);
    const element = this.element(message);
    if (element?.classList.contains("pending")) {
      element.classList.remove("pending", "failed");
      this.state(message, "");
    }
    this.events.sent(element);
  }

  fail(message, error) {
    message.failed = true;
    this.element(message)?.classList.add("failed");
    this.state(message, error.message || this.texts.failed, "failed");
    const state = this.element(message)?.querySelector(".state");
    state?.append(
      this.button(this.texts.resend, () => this.again(message)),
      this.button(this.texts.discard, () => this.discard(message)),
    );
  }

  again(message) {
    message.failed = false;
    this.element(message)?.classList.remove("failed");
    this.state(message, this.texts.sending);
    this.send();
  }

  discard(message) {
    this.drop(message);
    this.element(message)?.remove();
    this.log.separate();
    this.send();
  }

  drop(message) {
    this.waiting = this.waiting.filter((other) => other !== message);
    this.keep();
  }

  keep() {
    sessionStorage.setItem(this.key, JSON.stringify(this.waiting.map(({ id, text, uploads }) => ({ id, text, uploads }))));
  }

  pause(milliseconds) {
    return new Promise((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, milliseconds);
    });
  }

  state(message, text, kind = "") {
    const state = this.element(message)?.querySelector(".state");
    if (!state) return;
    state.textContent = text;
    state.dataset.kind = kind;
  }

  button(label, action) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: label });
    button.addEventListener("click", action);
    return button;
  }

  element(message) {
    return this.log.find(this.fullId(message));
  }

  fullId(message) {
    return `console:${this.person}:${message.id}`;
  }
}
