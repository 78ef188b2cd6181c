// The key / leads to the search, on every page; the search page has a box to turn that off (WCAG 2.1.4).
const isWrittenIn = (element) => element.closest?.('input, textarea, select, [contenteditable]');

const isOff = () => {
  try {
    return localStorage.getItem('slash') === 'off';
  } catch {
    return false;
  }
};

document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isWrittenIn(event.target) || isOff()) return;
  event.preventDefault();
  const field = document.querySelector('form[role="search"] [type="search"]');
  if (field) field.select();
  else location.assign(document.querySelector('[data-behaviour~="slash"]').href);
});

const choice = document.querySelector('[data-search="slash"]');
if (choice) {
  const box = choice.querySelector('input');
  try {
    box.checked = localStorage.getItem('slash') !== 'off';
    box.addEventListener('change', () => {
      if (box.checked) localStorage.removeItem('slash');
      else localStorage.setItem('slash', 'off');
    });
    choice.hidden = false;
  } catch {
    // A browser that keeps nothing has no such choice.
  }
}
