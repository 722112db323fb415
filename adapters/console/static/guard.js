// Asks before somebody leaves a page whose form holds text that isn't saved: <form data-guard>, or
// data-guard="unsaved" when the server filled it with text that isn't saved yet.
function changed(form) {
  return [...form.elements].some((field) => "defaultValue" in field && field.type !== "hidden" && field.value !== field.defaultValue);
}

for (const form of document.querySelectorAll("form[data-guard]")) {
  let sending = false;
  form.addEventListener("submit", () => { sending = true; });
  window.addEventListener("pageshow", () => { sending = false; }); // back from the next page
  window.addEventListener("beforeunload", (event) => {
    if (!sending && (form.dataset.guard === "unsaved" || changed(form))) event.preventDefault();
  });
}
