// A button whose press is under way: said to screen readers, and pressed no second time.
export function wait(button, on) {
  button.setAttribute("aria-busy", String(on));
  button.setAttribute("aria-disabled", String(on));
}
