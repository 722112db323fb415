// The input line: Enter sends, Shift+Enter breaks the line, composing Chinese does neither.
export function watchComposer(chat, tray, texts, events) {
  const form = document.getElementById("composer");
  const text = document.getElementById("text");
  const files = document.getElementById("files");
  const send = document.getElementById("send");
  const draft = `draft:${chat.dataset.person}`;

  function submit() {
    if (tray.busy) return events.hint(texts.wait_upload);
    const words = text.value.trim();
    if (!words && !tray.items.size) return text.focus();
    const uploads = tray.take();
    if (!words && !uploads.length) return undefined;
    text.value = "";
    events.hint("");
    changed();
    events.say(words, uploads);
    return text.focus();
  }

  function changed() {
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight}px`;
    sessionStorage.setItem(draft, text.value);
    ready();
  }

  function ready() {
    send.setAttribute("aria-disabled", String(tray.busy || !(text.value.trim() || tray.items.size)));
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  text.addEventListener("keydown", (event) => {
    const composing = event.isComposing || event.keyCode === 229; // Safari ends composing before this event
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    submit();
  });
  text.addEventListener("input", () => {
    events.hint("");
    changed();
  });
  text.addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    tray.add(event.clipboardData.files);
  });
  document.getElementById("attach").addEventListener("click", () => files.click());
  files.addEventListener("change", () => {
    tray.add(files.files);
    files.value = "";
    text.focus();
  });

  if (matchMedia("(max-width: 640px)").matches) text.placeholder = text.dataset.short;
  text.value = sessionStorage.getItem(draft) || "";
  changed();
  return { ready, focus: () => text.focus() };
}
