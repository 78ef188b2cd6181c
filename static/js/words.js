// How many words a text has: the rule of lib/markdown/counting.py, line by line.
const LEFT_OUT = [
  [/^[ \t>]*(`{3,}|~{3,})[^`\n]*\n[\s\S]*?(?:^[ \t>]*\1[`~]*[ \t]*$|(?![\s\S]))/gm, " "],
  [/\$\$[^$]+\$\$/g, " "],
  [/<!--[\s\S]*?(?:-->|(?![\s\S]))/g, " "],
  [/<\/?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?\/?>/g, " "],
  [/^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*\S[^\n]*$/gm, ""],
  [/\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)/g, ""],
  [/\]\[[^\]\n]*\]/g, ""],
  [/\[\^[^\[\]\s]+\]:?/g, ""],
  [/^[ \t>]*\[![A-Za-z]+\]/gm, ""],
  [/^[ \t>]*(?:[-*+]|[0-9]{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t])?/gm, ""],
  [/\{#[^{}\s]*\}/g, ""],
  [/&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);/g, ""],
];
const WORD = /[\p{L}\p{N}][^\s\u2013\u2014/|]*/gu;
const HAN_AND_KANA = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/gu;
const UNSPACED = /[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff]/gu;

export function countWords(source) {
  for (const [pattern, instead] of LEFT_OUT) source = source.replace(pattern, instead);
  const signs = source.match(HAN_AND_KANA)?.length ?? 0;
  const letters = source.match(UNSPACED)?.length ?? 0;
  const spaced = source.replace(HAN_AND_KANA, " ").replace(UNSPACED, " ").match(WORD)?.length ?? 0;
  return spaced + Math.ceil(signs / 2) + Math.ceil(letters / 5);
}
