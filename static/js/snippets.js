// Whoever chooses a language for one call means it for all of them, here and on the next page.
const KEPT = 'snippets';

for (const part of document.querySelectorAll('[data-behaviour~="snippets"]')) {
  const choose = (language) => {
    for (const input of part.querySelectorAll('input[type="radio"]')) {
      if (input.value === language) input.checked = true;
    }
  };

  part.addEventListener('change', ({ target }) => {
    const before = target.getBoundingClientRect().top;
    choose(target.value);
    // What stands above has become longer or shorter: the one that was chosen stays where it is.
    window.scrollBy({ top: target.getBoundingClientRect().top - before, behavior: 'instant' });
    try {
      localStorage.setItem(KEPT, target.value);
    } catch { /* nothing is kept then */ }
  });

  try {
    choose(localStorage.getItem(KEPT));
  } catch { /* a browser that keeps nothing */ }
}
