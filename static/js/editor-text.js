// Changes to a textarea that the browser's own undo takes back. Shared by what edits the text; no behaviour of its own.
import { trusted } from "./trusted.js";

// Replaces what lies between `from` and `to`, and selects a part of what was put there.
export function put(area, text, from = area.selectionStart, to = area.selectionEnd, selected = [text.length, text.length]) {
  area.focus({ preventScroll: true });
  area.setSelectionRange(from, to);
  if (!inserted(area, text)) {
    area.setRangeText(text, from, to, "end"); // empties the undo list
    area.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  area.setSelectionRange(from + selected[0], from + selected[1]);
}

// execCommand is deprecated, but nothing else leaves undo whole.
function inserted(area, text) {
  if (!text) return area.selectionStart === area.selectionEnd || document.execCommand("delete");
  if (text.split("\n", 20).length === 20) {
    // Chromium inserts text line by line and lays all out after each: 1,000 lines take 4.5 s, as HTML 0.1 s. In a
    // textarea only the text of it goes in.
    const end = area.selectionStart + text.length;
    const rest = area.value.length - area.selectionEnd;
    const html = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    if (document.execCommand("insertHTML", false, trusted(html))) {
      if (area.value.length === end + rest && area.value.slice(end - text.length, end) === text) return true;
      document.execCommand("undo");
    }
  }
  return document.execCommand("insertText", false, trusted(text)); // taken for HTML by the policy
}

// The whole lines that the selection touches, as [from, to].
export function lines(area) {
  const { value, selectionStart: from, selectionEnd: to } = area;
  const last = to > from && value[to - 1] === "\n" ? to - 1 : to;
  const end = value.indexOf("\n", last);
  return [value.lastIndexOf("\n", from - 1) + 1, end < 0 ? value.length : end];
}

// Puts a block on lines of its own, an empty line around it, in the place of the selection.
export function putBlock(area, block, selected = [block.length, block.length]) {
  const { value, selectionStart: from, selectionEnd: to } = area;
  const before = from === 0 || value.slice(0, from).endsWith("\n\n") ? "" : value[from - 1] === "\n" ? "\n" : "\n\n";
  const after = value.slice(to).startsWith("\n\n") ? "" : value[to] === "\n" || to === value.length ? "\n" : "\n\n";
  put(area, before + block + after, from, to, selected.map((place) => before.length + place));
}

// Where the text at `index` is drawn, in pixels from the top of the whole text, for each of some ascending places.
export function heights(area, indexes) {
  const mirror = document.createElement("div");
  const style = getComputedStyle(area);
  const copied = ["font", "letterSpacing", "wordSpacing", "tabSize", "textIndent", "direction", "paddingInline", "paddingBlock"];
  for (const name of copied) mirror.style[name] = style[name];
  Object.assign(mirror.style, {
    position: "absolute", visibility: "hidden", insetBlockStart: "0", insetInlineStart: "0", boxSizing: "border-box",
    whiteSpace: "pre-wrap", overflowWrap: "break-word", width: `${area.clientWidth}px`, contain: "layout style",
  });
  const marks = [];
  let from = 0;
  for (const index of indexes) {
    const mark = document.createElement("span");
    mark.textContent = "\u200b";
    mirror.append(area.value.slice(from, index), mark);
    marks.push(mark);
    from = index;
  }
  document.body.append(mirror);
  const tops = marks.map((mark) => mark.offsetTop);
  mirror.remove();
  return tops;
}
