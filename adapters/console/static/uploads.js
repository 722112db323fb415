// Files chosen, dropped or pasted: uploaded at once with their progress, sent with the next message.
import { headers, read, Refused } from "./api.js";

export class Tray {
  constructor(chat, texts, events) {
    this.texts = texts;
    this.events = events;
    this.limit = Number(chat.dataset.uploadLimit);
    this.most = Number(chat.dataset.attachmentLimit);
    this.list = document.getElementById("tray");
    this.items = new Set();
  }

  get busy() {
    return [...this.items].some((item) => item.request);
  }

  // Whatever can't be taken is named, each file with its reason.
  add(files) {
    const refused = [];
    for (const file of files) {
      const reason = this.refusal(file);
      if (reason) refused.push(reason);
      else this.start(file);
    }
    this.events.hint([...new Set(refused)].join("\n"));
  }

  refusal(file) {
    if (this.items.size >= this.most) return this.texts.too_many.replace("{limit}", this.most);
    if (file.size > this.limit * 1024 * 1024) return `${file.name}: ${this.texts.too_large.replace("{limit}", this.limit)}`;
    return file.size === 0 ? `${file.name}: ${this.texts.empty_file}` : "";
  }

  // The finished uploads, taken out of the tray for sending.
  take() {
    const done = [...this.items].filter((item) => item.id);
    for (const item of done) this.remove(item);
    return done.map(({ id, name }) => ({ id, name }));
  }

  start(file) {
    const element = document.getElementById("upload").content.firstElementChild.cloneNode(true);
    const item = { file, element, name: file.name, id: null, request: null };
    element.querySelector(".name").textContent = file.name;
    element.querySelector(".remove .unseen").textContent = `${this.texts.remove} ${file.name}`;
    element.querySelector(".remove").addEventListener("click", () => this.cancel(item));
    element.querySelector(".again").textContent = this.texts.retry;
    element.querySelector(".again").addEventListener("click", () => this.send(item));
    element.querySelector("progress").setAttribute("aria-label", `${this.texts.uploading} ${file.name}`);
    this.items.add(item);
    this.list.append(element);
    this.list.hidden = false;
    this.send(item);
  }

  send(item) {
    const request = new XMLHttpRequest();
    item.request = request;
    item.element.classList.remove("failed");
    item.element.querySelector(".again").hidden = true;
    request.upload.addEventListener("progress", (event) => this.progress(item, event.loaded / event.total));
    request.addEventListener("load", () => this.answered(item, request));
    request.addEventListener("error", () => this.failed(item, new Refused("", 0)));
    request.open("POST", `/chat/uploads?name=${encodeURIComponent(item.file.name)}`);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    this.progress(item, 0);
    request.send(item.file);
    this.events.changed();
  }

  progress(item, share) {
    const percent = Math.round(share * 100);
    item.element.querySelector("progress").value = percent;
    item.element.querySelector(".about").textContent = `${size(item.file.size)} · ${percent}%`;
  }

  answered(item, request) {
    try {
      const data = read(request.status, request.responseText);
      Object.assign(item, { id: data.id, name: data.name, request: null });
      item.element.classList.add("done");
      item.element.querySelector(".about").textContent = `${size(item.file.size)} · ${this.texts.uploaded}`;
      this.events.changed();
    } catch (error) {
      this.failed(item, error);
    }
  }

  failed(item, error) {
    item.request = null;
    item.element.classList.add("failed");
    item.element.querySelector(".about").textContent = error.message || this.texts.upload_failed;
    item.element.querySelector(".again").hidden = !error.again;
    if (error.signedOut) this.events.signedOut();
    this.events.changed();
  }

  cancel(item) {
    item.request?.abort();
    item.request = null;
    this.remove(item);
    this.events.focus();
  }

  remove(item) {
    this.items.delete(item);
    item.element.remove();
    this.list.hidden = this.items.size === 0;
    this.events.changed();
  }
}

export function watchDrops(tray) {
  const zone = document.getElementById("drop");
  let depth = 0;
  const carriesFiles = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  const show = (change) => {
    depth = Math.max(0, depth + change);
    zone.hidden = depth === 0;
  };
  addEventListener("dragenter", (event) => { if (carriesFiles(event)) show(1); });
  addEventListener("dragleave", (event) => { if (carriesFiles(event)) show(-1); });
  addEventListener("dragover", (event) => { if (carriesFiles(event)) event.preventDefault(); });
  addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    zone.hidden = true;
    tray.add(event.dataTransfer.files);
  });
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
