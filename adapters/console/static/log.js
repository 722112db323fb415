// The list of messages: each id once, in order, with a separator where the day changes.
const NEAR_PX = 120;
const MARGIN_PX = 12; // above what is shown from its beginning

export class Log {
  constructor(chat) {
    this.list = document.getElementById("log");
    this.scroller = document.getElementById("scroller");
    this.latest = document.getElementById("latest");
    this.language = document.documentElement.lang;
    this.zone = chat.dataset.zone;
    this.applied = new Set(); // ids of updates, so that each counts once
    this.updates = new Map(); // newest state of cards that changed, for cards that are loaded later
    this.latest.addEventListener("click", () => this.toBottom(true));
    this.stuck = true; // whether the reader is at the end, and stays there when the window or the input line grows
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => { if (this.stuck) this.toBottom(); }).observe(this.scroller);
  }

  get empty() {
    return !this.list.querySelector(".entry");
  }

  has(id) {
    return this.applied.has(id) || this.find(id) !== null;
  }

  find(id) {
    return this.list.querySelector(`.entry[data-id="${CSS.escape(id)}"]`);
  }

  // Entries in order, oldest first; those that are missing go behind the one before them.
  // `settled`: cards whose newest state is known already.
  merge(entries, settled = new Set()) {
    const stay = this.nearBottom();
    let previous = null;
    for (const entry of entries) {
      if (entry.replaces) this.update(entry, settled);
      else previous = this.place(entry, previous);
    }
    this.separate();
    if (stay) this.toBottom();
  }

  // One page of older entries, above the rest; what the reader sees doesn't move.
  prepend(entries) {
    const height = this.scroller.scrollHeight;
    const top = this.scroller.scrollTop;
    this.list.setAttribute("aria-busy", "true");
    this.merge(entries, new Set(this.updates.keys()));
    this.list.setAttribute("aria-busy", "false");
    this.scroller.scrollTop = top + this.scroller.scrollHeight - height;
  }

  // A new entry at the end; returns false when it was there already.
  append(entry) {
    if (entry.replaces) {
      this.update(entry);
      return true;
    }
    if (this.has(entry.id)) {
      this.confirm(entry);
      return false;
    }
    const stay = this.nearBottom();
    const element = this.element(entry);
    this.list.append(element);
    this.separate();
    if (stay) this.reveal(element);
    else this.latest.hidden = false;
    return true;
  }

  // The server's version of a message that was shown before it was sent.
  confirm(entry) {
    const shown = this.find(entry.id);
    if (shown.classList.contains("pending")) shown.replaceWith(this.element(entry));
  }

  place(entry, previous) {
    const shown = this.find(entry.id);
    if (shown) {
      this.confirm(entry);
      return this.find(entry.id);
    }
    const element = this.element(entry);
    if (previous) previous.after(element);
    else this.list.prepend(element);
    return element;
  }

  element(entry) {
    const element = parse(entry.html);
    element.dataset.id = entry.id;
    element.dataset.day = entry.day;
    const card = element.querySelector(".card");
    const newer = card && this.updates.get(card.dataset.card);
    if (newer) card.replaceWith(parse(newer));
    return element;
  }

  // A card's new state, in place. Focus stays where it was, and what the reader unfolded stays unfolded.
  update(entry, settled = new Set()) {
    if (this.applied.has(entry.id)) return;
    this.applied.add(entry.id);
    if (settled.has(entry.replaces)) return;
    this.updates.set(entry.replaces, entry.html);
    for (const card of this.list.querySelectorAll(`.card[data-card="${CSS.escape(entry.replaces)}"]`)) {
      const fresh = parse(entry.html);
      const details = card.querySelector("details[data-touched]");
      const focused = card.contains(document.activeElement) ? document.activeElement.dataset.key : null;
      if (details && fresh.querySelector("details")) {
        fresh.querySelector("details").open = details.open;
        fresh.querySelector("details").dataset.touched = "";
      }
      const stay = this.nearBottom();
      const turned = inside(card) !== inside(fresh); // another page of a list
      card.replaceWith(fresh);
      if (focused) (fresh.querySelector(`[data-key="${CSS.escape(focused)}"]`) ?? fresh).focus({ preventScroll: true });
      if (turned && (stay || focused)) this.toBeginning(fresh);
      else if (stay && !details) this.toBottom();
    }
  }

  // The end of the log; of an answer that is longer than the window, its beginning, where reading starts.
  reveal(element) {
    if (element.offsetHeight > this.scroller.clientHeight) this.toBeginning(element);
    else this.toBottom();
  }

  toBeginning(element) {
    const above = element.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top;
    if (above < 0 || element.offsetHeight > this.scroller.clientHeight) this.scroller.scrollTop += above - MARGIN_PX;
    this.scrolled();
  }

  separate() {
    let day = "";
    for (const item of [...this.list.children]) {
      if (item.classList.contains("day")) {
        item.remove();
      } else if (item.dataset.day !== day) {
        day = item.dataset.day;
        item.before(this.separator(day));
      }
    }
  }

  separator(day) {
    const item = document.createElement("li");
    item.className = "day";
    const time = document.createElement("time");
    time.dateTime = day;
    time.textContent = this.dayLabel(day);
    item.append(time);
    return item;
  }

  dayLabel(day) {
    const days = Math.round((Date.parse(day) - Date.parse(this.today())) / 86400000);
    if (days === 0 || days === -1) return capital(new Intl.RelativeTimeFormat(this.language, { numeric: "auto" }).format(days, "day"));
    const options = { month: "long", day: "numeric", weekday: "long", timeZone: "UTC" };
    if (day.slice(0, 4) !== this.today().slice(0, 4)) options.year = "numeric";
    return new Intl.DateTimeFormat(this.language, options).format(new Date(day));
  }

  // Today where the company is, as 2025-03-04.
  today() {
    return new Intl.DateTimeFormat("sv-SE", { timeZone: this.zone, dateStyle: "short" }).format(new Date());
  }

  scrolled() {
    this.stuck = this.nearBottom();
    if (this.stuck) this.latest.hidden = true;
  }

  nearBottom() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < NEAR_PX;
  }

  toBottom(smooth = false) {
    this.latest.hidden = true;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth && !calm ? "smooth" : "instant" });
  }
}

function inside(card) {
  return card.querySelector(".inside")?.textContent.trim() ?? "";
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// HTML that our server rendered and escaped.
function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}
