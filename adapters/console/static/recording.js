// Moments of a recording: a press plays from there, and what is being said is marked in the transcript.
const player = document.querySelector("#player");
const turns = [...document.querySelectorAll(".turn[data-start]")];

function playFrom(seconds) {
  player.currentTime = seconds;
  player.play().catch(() => {}); // the browser says itself what it can't play
}

function mark() {
  const now = player.currentTime + 0.05;
  const spoken = turns.filter((turn) => Number(turn.dataset.start) <= now).at(-1);
  for (const turn of turns) turn.classList.toggle("playing", turn === spoken && !player.paused);
}

if (player) {
  document.addEventListener("click", (event) => {
    const moment = event.target.closest(".moment");
    if (moment) playFrom(Number(moment.dataset.start));
  });
  for (const happening of ["timeupdate", "play", "pause", "seeked"]) player.addEventListener(happening, mark);
  const at = location.hash.match(/^#t=(\d+)$/); // links of cards lead to a moment
  if (at) player.currentTime = Number(at[1]);
}
