// While something is being loaded, the part that shows it is drawn anew; a chosen file fills the text of a definition.
const EVERY = 2000;

async function refresh() {
  const shown = document.getElementById("live");
  if (!shown?.hasAttribute("data-running")) return;
  if (!shown.querySelector("details[open]") && !shown.contains(document.activeElement)) await draw(shown);
  setTimeout(refresh, EVERY);
}

// Left as it is when the server is away for a moment, or the reader has been signed out.
async function draw(shown) {
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("live");
    if (fresh) shown.replaceWith(document.adoptNode(fresh));
  } catch {
    return;
  }
}

for (const chosen of document.querySelectorAll("input[type=file][data-into]")) {
  chosen.closest("label").hidden = false;
  chosen.addEventListener("change", async () => {
    const file = chosen.files[0];
    if (file) document.getElementById(chosen.dataset.into).value = await file.text();
  });
}

setTimeout(refresh, EVERY);
