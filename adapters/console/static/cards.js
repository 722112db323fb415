// Presses on cards. Folding shows at once and is reported; other buttons wait for the card's new state.
import { call, newId } from "./api.js";

const PATIENCE_MS = 15000;
const ATTEMPTS = 3;

export function watchCards(log, texts, events) {
  log.list.addEventListener("click", (event) => {
    const target = event.target.closest("summary[data-key], button[data-key]");
    const card = target?.closest(".card");
    if (!card) return;
    if (target.matches("summary")) unfold(card, target);
    else if (target.getAttribute("aria-disabled") !== "true") press(card, target);
  });

  function unfold(card, summary) {
    const details = summary.parentElement;
    details.dataset.touched = "";
    report(card, details.open ? "fold" : "unfold").catch(gone); // counted; the card is open anyway
  }

  async function press(card, button) {
    wait(button, true);
    thanks(card, "");
    try {
      await report(card, button.dataset.key);
      setTimeout(() => wait(button, false), PATIENCE_MS);
    } catch (error) {
      wait(button, false);
      thanks(card, error.message || texts.press_failed);
      gone(error);
    }
  }

  function gone(error) {
    if (error.signedOut) events.signedOut();
  }
}

export function wait(button, on) {
  button.setAttribute("aria-busy", String(on));
  button.setAttribute("aria-disabled", String(on));
}

function thanks(card, text) {
  card.querySelector(".thanks").textContent = text;
}

async function report(card, action) {
  const body = { id: newId(), card: card.dataset.card, action };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call("/chat/presses", body);
    } catch (error) {
      if (!error.again || attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000 * attempt));
    }
  }
}
