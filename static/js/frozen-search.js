// The search of a site that is frozen to files. Its words lie on shelves, of which a question loads those it needs.
import { parsed, trusted } from "./trusted.js";

const PAUSE = 120;
const PER_PAGE = 10;
const MOST_SHELVES = 6; // for what may go on: nobody waits for a twentieth of all words after one letter
const MOST_READ = 30; // posts whose text is looked through for a phrase
const LONGEST_WORD = 64;
const MOST_TERMS = 10;
const WORD = /\p{M}*[\p{L}\p{N}]+(?:\p{M}+[\p{L}\p{N}]*)*/gu;

// -- words, as the site itself compares them (site/broadsheet/lib/searching/words.py)

export const folding = (letters) => {
  const known = new Map(Object.entries(letters).map(([one, to]) => [one, to.toLowerCase()]));
  const letter = (one) => {
    if (!known.has(one)) {
      const [base] = one.normalize("NFD");
      const isLatin = base < "\x80" && /\p{L}/u.test(one);
      const [lower] = (isLatin ? base : one).toLowerCase();
      known.set(one, one >= "\u0300" && one <= "\u036f" ? "" : lower);
    }
    return known.get(one);
  };
  return (text) => Array.from(text.normalize("NFC"), letter).join("");
};

export const wordsOf = (text, fold) => (fold(text).match(WORD) ?? []).map((word) => Array.from(word).slice(0, LONGEST_WORD).join(""));

// -- the question

const PIECE = /(?:(tag|author|before|after)[:：])?(?:["“”„«»](.*?)(?:["“”„«»]|$)|([^\s,،、，"“”„«»]+))/gisu;

const parse = (text, fold) => {
  const query = { terms: [], tags: [], authors: [], before: Infinity, after: -Infinity, problems: [] };
  let last = null;
  for (const [, filter, phrase, word] of text.matchAll(PIECE)) {
    const kind = (filter ?? "").toLowerCase();
    const value = phrase ?? word;
    const words = wordsOf(value, fold);
    const empty = !kind && /^(tag|author|before|after)[:：]$/i.exec(value);
    last = null;
    if (empty) query.problems.push(["value", empty[1].toLowerCase()]);
    else if (kind === "before" || kind === "after") {
      const day = dayOf(value);
      if (day === null) query.problems.push(["date", value, kind]);
      else if (kind === "before") query.before = Math.min(query.before, day);
      else query.after = Math.max(query.after, day);
    } else if (kind && !words.length) query.problems.push(["value", kind]);
    else if (kind) query[`${kind}s`].push({ name: value.trim(), words });
    else if (words.length) {
      last = { words, quoted: phrase !== undefined, open: phrase === undefined && value.endsWith("*") };
      query.terms.push(last);
    }
  }
  // Only what is still being typed may go on: `on` shall not find `only` in the middle of a question.
  if (last && !last.quoted) last.open = true;
  if (query.terms.splice(MOST_TERMS).length) query.problems.push(["length"]);
  return query;
};

// 2024-05 → 20240501; null for what is no date.
const dayOf = (text) => {
  const [, year, month = "1", day = "1"] = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/.exec(text.trim()) ?? [];
  const date = new Date(Date.UTC(+year, month - 1, +day));
  return year && date.getUTCMonth() === month - 1 && date.getUTCDate() === +day ? year * 10000 + month * 100 + +day : null;
};

// -- the shelves

class Library {
  loaded = new Map();

  constructor(address) {
    this.address = address;
    this.folder = address.slice(0, address.lastIndexOf("/"));
  }

  async load(path) {
    if (!this.loaded.has(path)) {
      const answer = fetch(path).then((found) => {
        if (!found.ok) throw new Error(found.status);
        return found.json();
      });
      this.loaded.set(path, answer);
      answer.catch(() => this.loaded.delete(path));
    }
    return this.loaded.get(path);
  }

  async open() {
    this.index = await this.load(this.address);
    this.fold ??= folding(this.index.letters);
  }

  shelf(number) {
    return this.load(`${this.folder}/words/${number}.json?v=${this.index.words[number][1]}`);
  }

  async rows(post) {
    const number = Math.floor(post / this.index.shelf);
    const shelf = await this.load(`${this.folder}/posts/${number}.json?v=${this.index.posts[number][1]}`);
    return { row: shelf.rows[post % this.index.shelf], day: shelf.days[post % this.index.shelf] };
  }

  // The last shelf whose first word is not beyond this one.
  at(word) {
    let [low, high] = [0, this.index.words.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.index.words[middle][0] <= word) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  // Post → how much the word says there, from 1 in its text to 4 in its title; and whether older ones are left out.
  async posts(word, open) {
    const found = new Map();
    if (!this.index.words.length) return { found, cut: false };
    const first = this.at(word);
    let last = first;
    while (open && last + 1 < this.index.words.length && this.index.words[last + 1][0].startsWith(word)) last += 1;
    const goesOn = open && last - first < MOST_SHELVES;
    const numbers = goesOn ? Array.from({ length: last - first + 1 }, (_, step) => first + step) : [first];
    let cut = false;
    for (const shelf of await Promise.all(numbers.map((number) => this.shelf(number)))) {
      for (const [one, steps] of Object.entries(shelf.words)) {
        if (goesOn ? !one.startsWith(word) : one !== word) continue;
        cut ||= shelf.cut.includes(one);
        let at = 0;
        for (const step of steps) {
          at += step;
          const post = at >> 2;
          found.set(post, Math.max(found.get(post) ?? 0, (at & 3) + 1));
        }
      }
    }
    return { found, cut };
  }

  async near(word) {
    const { words } = await this.shelf(this.at(word));
    const most = word.length < 6 ? 1 : 2; // of five letters three are too few to tell what was meant
    let [best, least] = ["", most + 1];
    for (const one of Object.keys(words)) {
      if (one === word || one.length < 3 || Math.abs(one.length - word.length) > most) continue;
      const many = distance(word, one);
      if (many < least) [best, least] = [one, many];
    }
    return best;
  }
}

const distance = (one, two) => {
  let row = Array.from({ length: two.length + 1 }, (_, number) => number);
  for (const [line, letter] of [...one].entries()) {
    const next = [line + 1];
    for (const [column, other] of [...two].entries()) {
      next.push(Math.min(next[column] + 1, row[column + 1] + 1, row[column] + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[two.length];
};

// -- finding

const find = async (library, query) => {
  const wanted = [
    ...query.terms.flatMap((term) => term.words.map((word, at) => ({ word, open: term.open && at === term.words.length - 1, ranks: true }))),
    ...query.tags.map((tag) => ({ word: `#${tag.words.join(" ")}`, tag: tag.name })),
    ...query.authors.flatMap((author) => author.words.map((word) => ({ word: `@${word}`, author: author.name }))),
  ];
  const finds = { posts: [], cut: false, problems: [...query.problems], unused: [] };
  const lists = await Promise.all(wanted.map(({ word, open }) => library.posts(word, open)));
  for (const [at, { found, cut }] of lists.entries()) {
    finds.cut ||= cut;
    if (found.size) continue;
    if (wanted[at].tag) finds.problems.push(["tag", wanted[at].tag]);
    else if (wanted[at].author) finds.problems.push(["author", wanted[at].author]);
    else finds.unused.push(wanted[at].word);
  }
  let posts;
  if (lists.length) {
    const [least] = [...lists].sort((one, two) => one.found.size - two.found.size);
    posts = [...least.found.keys()].filter((post) => lists.every(({ found }) => found.has(post)));
  } else if (query.before < Infinity || query.after > -Infinity) {
    posts = Array.from({ length: library.index.count }, (_, number) => number);
  } else return finds;
  posts = await within(library, query, posts);
  const ranked = lists.filter((_, at) => wanted[at].ranks);
  const weight = new Map(posts.map((post) => {
    const points = ranked.map(({ found }) => found.get(post));
    return [post, (ranked.length && Math.min(...points) === 4 ? 1000 : 0) + points.reduce((sum, one) => sum + one, 0)];
  }));
  finds.posts = posts.sort((one, two) => weight.get(two) - weight.get(one) || two - one);
  return finds;
};

// Those of the days: a shelf says when it begins, so only the two at the edges are loaded.
const within = async (library, { before, after }, posts) => {
  if (before === Infinity && after === -Infinity) return posts;
  const { posts: shelves, shelf } = library.index;
  const kept = [];
  for (const post of posts) {
    const number = Math.floor(post / shelf);
    const [start, end] = [shelves[number][0], shelves[number + 1]?.[0] ?? Infinity];
    if (start >= before || end < after) continue;
    if (start >= after && end < before) kept.push(post);
    else {
      const { day } = await library.rows(post);
      if (day >= after && day < before) kept.push(post);
    }
  }
  return kept;
};

// Whether its page has the words of each phrase one behind another. What cannot be read is believed.
const has = async (row, phrases, fold) => {
  try {
    const answer = await fetch(elementOf(row).querySelector("a").getAttribute("href"));
    if (!answer.ok) return true;
    const page = parsed(await answer.text());
    const text = [".post-title", ".standfirst", ".prose"].map((one) => page.querySelector(one)?.textContent ?? "").join(" | ");
    const words = ` ${wordsOf(text, fold).join(" ")} `;
    return phrases.every((phrase) => words.includes(` ${phrase.join(" ")} `));
  } catch {
    return true;
  }
};

// -- the page

const elementOf = (markup) => {
  const holder = document.createElement("template");
  holder.innerHTML = trusted(markup);
  return holder.content.firstElementChild;
};

const mark = (element, terms, fold) => {
  const is = (word) => terms.some(({ words, open }) => words.some((one, at) => (open && at === words.length - 1 ? word.startsWith(one) : word === one)));
  for (const part of element.querySelectorAll(".row-headline a, .row-summary")) {
    const pieces = [];
    let end = 0;
    for (const found of part.textContent.normalize("NFC").matchAll(WORD)) {
      if (!is(fold(found[0]))) continue;
      pieces.push(found.input.slice(end, found.index), Object.assign(document.createElement("mark"), { textContent: found[0] }));
      end = found.index + found[0].length;
    }
    if (pieces.length) part.replaceChildren(...pieces, part.textContent.normalize("NFC").slice(end));
  }
};

const start = (form) => {
  const field = form.elements.q;
  const part = (name) => document.querySelector(`[data-search="${name}"]`);
  const [results, said, none] = [part("results"), part("said"), part("none")];
  const words = JSON.parse(form.dataset.words);
  const library = new Library(form.dataset.index);
  const beginning = [...results.childNodes];
  let asked = null;
  let waiting = 0;

  const advice = ([kind, value = "", filter = ""]) =>
    Object.assign(document.createElement("p"), { className: "search-advice", textContent: words[kind].replaceAll("{filter}", filter).replaceAll("{}", value) });

  const show = (parts, sentence) => {
    results.replaceChildren(...parts);
    said.textContent = sentence;
    results.removeAttribute("aria-busy");
  };

  const look = async () => {
    const text = field.value.split(/\s+/).filter(Boolean).join(" ");
    if (text === asked) return;
    asked = text;
    history.replaceState(history.state, "", text ? `?${new URLSearchParams({ q: text })}` : location.pathname);
    if (!text) return show(beginning, "");
    results.setAttribute("aria-busy", "true");
    try {
      await library.open();
      let query = parse(text, library.fold);
      let finds = await find(library, query);
      if (!finds.posts.length) {
        const opened = { ...query, terms: query.terms.map((term) => ({ ...term, open: !term.quoted })) };
        const more = await find(library, opened);
        if (more.posts.length) [query, finds] = [opened, more];
      }
      const phrases = query.terms.filter((term) => term.quoted && term.words.length > 1).map((term) => term.words);
      const list = Object.assign(document.createElement("div"), { className: "rows" });
      const more = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: words.more });
      const foot = Object.assign(document.createElement("p"), { className: "search-older" });
      foot.append(more);
      const waiting_ones = phrases.length ? finds.posts.slice(0, MOST_READ) : finds.posts;
      const next = async () => {
        const rows = [];
        while (waiting_ones.length && rows.length < PER_PAGE) {
          const posts = waiting_ones.splice(0, PER_PAGE - rows.length);
          const found = await Promise.all(posts.map((post) => library.rows(post)));
          const are = await Promise.all(found.map(({ row }) => !phrases.length || has(row, phrases, library.fold)));
          rows.push(...found.filter((_, at) => are[at]).map(({ row }) => elementOf(row)));
        }
        for (const row of rows) mark(row, query.terms, library.fold);
        foot.hidden = !waiting_ones.length;
        return rows;
      };
      const rows = await next();
      const suggested = rows.length ? "" : await suggestion(finds, query);
      if (asked !== text) return; // something else was typed meanwhile
      const told = finds.problems.map(advice);
      if (!rows.length) {
        const nothing = none.content.cloneNode(true);
        const heading = finds.cut ? words.nothingNew : words.nothing;
        nothing.querySelector("h2").textContent = heading;
        const link = nothing.querySelector("[data-suggested] a");
        nothing.querySelector(suggested ? "[data-otherwise]" : "[data-suggested]").remove();
        if (suggested) {
          link.href = `?${new URLSearchParams({ q: suggested })}`;
          link.firstElementChild.textContent = suggested;
        }
        return show([...told, nothing], heading);
      }
      list.append(...rows);
      more.addEventListener("click", async () => {
        more.disabled = true;
        const others = await next();
        list.append(...others);
        more.disabled = false;
        others[0]?.querySelector("a").focus();
      });
      const sentence = foot.hidden ? words.posts[rows.length] : words.many;
      const heading = Object.assign(document.createElement("h2"), { className: "label search-said", textContent: sentence });
      show([...told, heading, list, foot], sentence);
    } catch {
      if (asked !== text) return;
      asked = null;
      const failed = Object.assign(document.createElement("p"), { className: "search-advice", textContent: words.failed });
      show([failed], words.failed);
    }
  };

  // The same question with words that are nearly those that no post has; "" if that finds nothing either.
  const suggestion = async (finds, query) => {
    const near = new Map(await Promise.all([...new Set(finds.unused)].map(async (word) => [word, await library.near(word)])));
    if (!near.size || [...near.values()].includes("")) return "";
    const terms = query.terms.map((term) => ({ ...term, words: term.words.map((word) => near.get(word) ?? word) }));
    const others = await find(library, { ...query, terms });
    return others.posts.length ? terms.map((term) => (term.quoted ? `"${term.words.join(" ")}"` : term.words.join(" "))).join(" ") : "";
  };

  form.hidden = false;
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  field.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(waiting);
    waiting = setTimeout(look, PAUSE);
  });
  field.addEventListener("compositionend", () => field.dispatchEvent(new Event("input")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    look();
  });
  if (field.value) look();
  else field.focus();
};

for (const form of document.querySelectorAll('[data-behaviour~="frozen-search"]')) start(form);
