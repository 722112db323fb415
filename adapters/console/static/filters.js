// Filters are folded at first, so that a phone's first screen shows what there is; a wide window has room for them.
if (matchMedia("(min-width: 641px)").matches) {
  for (const filters of document.querySelectorAll("details.filters")) filters.open = true;
}
