// How a search result and a shared card will look, as the fields are typed; and how long the texts are.
for (const box of document.querySelectorAll('[data-behaviour~="search-preview"]')) enhance(box);

function enhance(box) {
  const form = box.closest("form");
  const field = (name) => form.elements[name];
  const all = (name) => box.querySelectorAll(`[data-shows="${name}"]`);
  const text = (name) => (field(name)?.value ?? "").replace(/\s+/g, " ").trim();
  const picture = box.querySelector(".card-picture");
  const firstPicture = box.dataset.picture;

  form.addEventListener("input", show);
  form.addEventListener("change", show);
  show();

  function show() {
    const title = text("search_title") || text("title") || box.dataset.untitled;
    const description = text("search_description") || text("summary") || box.dataset.excerpt;
    for (const shown of all("title")) shown.textContent = cut(title, Number(shown.dataset.at));
    for (const shown of all("description")) shown.textContent = cut(description, Number(shown.dataset.at));
    count("search_title", title);
    count("search_description", description);
    const path = [text("social_picture"), text("cover"), firstPicture].find((one) => one?.startsWith("/uploads/"));
    picture.hidden = !path;
    if (path && picture.getAttribute("src") !== path) picture.setAttribute("src", path);
  }

  function count(name, value) {
    const told = box.querySelector(`[data-counts="${name}"]`);
    const length = [...value].length;
    told.textContent = told.dataset.words.replace("{length}", length);
    told.classList.toggle("length-over", length > Number(told.dataset.most));
  }
}

function cut(text, most) {
  const letters = [...text];
  if (letters.length <= most) return text;
  const kept = letters.slice(0, most - 1).join("");
  const end = kept.lastIndexOf(" ");
  return `${(end > most * 0.6 ? kept.slice(0, end) : kept).trimEnd()}…`;
}
