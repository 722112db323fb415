// Presses on cards. Folding shows at once and is reported; other buttons wait for the card's new state.
import { call, newId } from "./api.js";
import { wait } from "./busy.js";
import { askForm } from "./forms.js";

const PATIENCE_MS = 15000;
const ATTEMPTS = 3;

export function watchCards(log, texts, events) {
  log.list.addEventListener("click", (event) => {
    const target = event.target.closest("summary[data-key], button[data-key]");
    const card = target?.closest(".card");
    if (!card) return;
    if (target.matches("summary")) unfold(card, target);
    else if (target.getAttribute("aria-disabled") !== "true") begin(card, target);
  });

  function begin(card, button) {
    const form = card.querySelector(`template[data-form="${CSS.escape(button.dataset.key)}"]`);
    if (form) askForm(card, button, form, (values) => sendPress(card, button, values));
    else press(card, button);
  }

  async function sendPress(card, button, values) {
    try {
      await waiting(card, button, values);
    } catch (error) {
      gone(error);
      throw new Error(error.message || texts.press_failed);
    }
  }

  function unfold(card, summary) {
    const details = summary.parentElement;
    details.dataset.touched = "";
    report(card, details.open ? "fold" : "unfold").catch(gone); // counted; the card is open anyway
  }

  async function press(card, button) {
    thanks(card, "");
    try {
      await waiting(card, button);
    } catch (error) {
      thanks(card, error.message || texts.press_failed);
      gone(error);
    }
  }

  async function waiting(card, button, values) {
    wait(button, true);
    try {
      await report(card, button.dataset.key, values);
    } catch (error) {
      wait(button, false);
      throw error;
    }
    setTimeout(() => wait(button, false), PATIENCE_MS);
  }

  function gone(error) {
    if (error.signedOut) events.signedOut();
  }
}

function thanks(card, text) {
  card.querySelector(".thanks").textContent = text;
}

async function report(card, action, values = {}) {
  const body = { id: newId(), card: card.dataset.card, action, values };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call("/chat/presses", body);
    } catch (error) {
      if (!error.again || attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000 * attempt));
    }
  }
}
