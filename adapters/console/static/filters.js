// Filters and what is secondary are folded at first, so that a phone's first screen carries the point; a wide window has
// room for them.
if (matchMedia("(min-width: 641px)").matches) {
  for (const filters of document.querySelectorAll("details.filters, details.fold")) filters.open = true;
}
