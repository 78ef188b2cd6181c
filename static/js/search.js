// What is found changes while one types. Without this, the form does the same.
import { trusted } from './trusted.js';

const PAUSE = 150;

for (const form of document.querySelectorAll('[data-behaviour~="search"]')) {
  const field = form.elements.q;
  const part = (name) => document.querySelector(`[data-search="${name}"]`);
  const [results, said] = ['results', 'said'].map(part);
  let shown = field.value.trim();
  let under_way = null;
  let waiting = 0;

  const look = async () => {
    const words = field.value.trim();
    if (words === shown) return;
    under_way?.abort();
    under_way = new AbortController();
    results.setAttribute('aria-busy', 'true');
    const question = words ? `?${new URLSearchParams({ q: words })}` : '';
    try {
      const answer = await fetch(form.dataset.results + question, { signal: under_way.signal });
      if (!answer.ok) throw new Error(answer.status);
      results.innerHTML = trusted(await answer.text());
      shown = words;
      said.textContent = results.querySelector('[data-said]')?.textContent ?? '';
      // One page, one entry: Back leads to where the search began, and Reload shows what is seen.
      history.replaceState(history.state, '', form.getAttribute('action') + question);
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      said.textContent = form.dataset.failed;
    }
    results.removeAttribute('aria-busy');
  };

  field.addEventListener('input', (event) => {
    if (event.isComposing) return;
    clearTimeout(waiting);
    waiting = setTimeout(look, PAUSE);
  });
  field.addEventListener('compositionend', () => field.dispatchEvent(new Event('input')));
  form.addEventListener('submit', () => {
    clearTimeout(waiting);
    under_way?.abort();
  });

}
