// Chooses the browser's own time zone in a select, as long as nobody has chosen another one.
for (const select of document.querySelectorAll('[data-behaviour~="own-time-zone"]')) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const choice = [...select.options].find((option) => option.value === zone);
  if (choice && select.selectedOptions[0]?.value === "UTC") choice.selected = true;
}
