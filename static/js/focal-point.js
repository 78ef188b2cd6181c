// The point of a cover that stays in sight: shown on the picture, set by a click or by the arrow keys; the two
// number fields say the same. Beside it, what is left of the picture where it is cropped.
for (const box of document.querySelectorAll('[data-behaviour~="focal-point"]')) enhance(box);

function enhance(box) {
  const words = box.dataset;
  const across = document.getElementById(words.across);
  const down = document.getElementById(words.down);
  const field = document.querySelector(`[data-behaviour~="picture-field"]:has(#${words.picture})`);
  const shown = field.querySelector(".picture-field-shown");
  const picture = shown.querySelector("img");

  const stage = document.createElement("span");
  stage.className = "focal-stage";
  picture.replaceWith(stage);
  const mark = document.createElement("button");
  mark.type = "button";
  mark.className = "focal-mark";
  stage.append(picture, mark);
  const crops = document.createElement("div");
  crops.className = "focal-crops";
  crops.setAttribute("aria-hidden", "true");
  for (const shape of ["wide", "story", "square"]) {
    const crop = document.createElement("img");
    crop.className = `focal-crop focal-crop-${shape}`;
    crop.alt = "";
    crops.append(crop);
  }
  shown.append(crops);

  stage.addEventListener("click", (event) => {
    if (event.target === mark) return;
    const frame = picture.getBoundingClientRect();
    set(((event.clientX - frame.left) / frame.width) * 100, ((event.clientY - frame.top) / frame.height) * 100);
    mark.focus();
  });
  mark.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 10 : 5;
    const way = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (!way) return;
    event.preventDefault();
    set(number(across) + way[0], number(down) + way[1]);
  });
  for (const input of [across, down]) input.addEventListener("input", show);
  field.addEventListener("picture", show);
  picture.addEventListener("load", show);
  show();

  function set(x, y) {
    across.value = bounded(x);
    down.value = bounded(y);
    for (const input of [across, down]) input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function show() {
    const x = bounded(number(across));
    const y = bounded(number(down));
    mark.style.left = `${x}%`;
    mark.style.top = `${y}%`;
    mark.setAttribute("aria-label", words.label.replace("{x}", x).replace("{y}", y));
    for (const crop of crops.children) {
      if (!shown.hidden && picture.src && crop.src !== picture.src) crop.src = picture.src;
      crop.style.objectPosition = `${x}% ${y}%`;
    }
  }
}

function number(input) {
  return input.value.trim() === "" || Number.isNaN(Number(input.value)) ? 50 : Number(input.value);
}

function bounded(value) {
  return Math.round(Math.min(100, Math.max(0, value)));
}
