// The menu of narrow windows: opens by its button, closes by Escape or a click beside it.
const button = document.querySelector(".menu-button");
const menu = document.getElementById("menu");

function open(shown) {
  button.setAttribute("aria-expanded", String(shown));
  menu.classList.toggle("open", shown);
}

if (button && menu) {
  button.addEventListener("click", () => open(button.getAttribute("aria-expanded") !== "true"));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.classList.contains("open")) {
      open(false);
      button.focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target) && !button.contains(event.target)) open(false);
  });
}
