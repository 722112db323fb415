// The form that a button asks: shown as a dialog, answered with the keyboard alone, sent with the press.
import { wait } from "./busy.js";

const dialog = document.getElementById("ask");

// `send(values)` presses the button; when it fails, the form stays with what was written and says why.
export function askForm(card, button, template, send) {
  dialog.replaceChildren(template.content.cloneNode(true));
  const form = dialog.querySelector("form");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(form, send, () => close(card, button));
  });
  form.querySelector("[data-cancel]").addEventListener("click", () => close(card, button));
  dialog.oncancel = (event) => { // Escape
    event.preventDefault();
    close(card, button);
  };
  dialog.showModal();
}

async function submit(form, send, done) {
  const button = form.querySelector("[type=submit]");
  if (button.getAttribute("aria-disabled") === "true") return;
  const values = {};
  for (const [key, value] of new FormData(form)) if (value.trim()) values[key] = value.trim();
  say(form, "");
  wait(button, true);
  try {
    await send(values);
    done();
  } catch (error) {
    say(form, error.message);
  }
  wait(button, false);
}

function say(form, text) {
  const place = form.querySelector(".error");
  place.textContent = text;
  place.hidden = !text;
}

// Back to where the reader was: the card may have been drawn anew meanwhile, without this button.
function close(card, button) {
  dialog.close();
  if (button.isConnected) return button.focus();
  const fresh = document.querySelector(`.card[data-card="${CSS.escape(card.dataset.card)}"]`);
  const same = fresh?.querySelector(`[data-key="${CSS.escape(button.dataset.key)}"]`) ?? fresh;
  return same?.focus({ preventScroll: true });
}
