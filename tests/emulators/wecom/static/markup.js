// The words of a message: links in a text, and the small part of Markdown that WeCom's app shows.
import { element, link } from "./dom.js";

const TEXT_PARTS = /<a\s+href=["']([^"']+)["'][^>]*>([^<]*)<\/a>|(https?:\/\/[\w\-./?%&=#:@+~,;!]+)/g;
const INLINE_PARTS =
  /\*\*(.+?)\*\*|\[([^\]]+)\]\(([^)\s]+)\)|`([^`]+)`|<font color=["'](info|comment|warning)["']>(.*?)<\/font>/g;

export function plainText(content) {
  const box = element("div", "words");
  let last = 0;
  for (const part of content.matchAll(TEXT_PARTS)) {
    box.append(content.slice(last, part.index), link(part[1] || part[3], "", part[2] || part[3]));
    last = part.index + part[0].length;
  }
  box.append(content.slice(last));
  return box;
}

export function markdown(content) {
  const box = element("div", "words markdown");
  let quote = null;
  for (const line of content.split("\n")) {
    const quoted = /^\s*>\s?(.*)$/.exec(line);
    if (quoted && !quote) box.append((quote = element("blockquote")));
    if (!quoted) quote = null;
    (quote || box).append(block(quoted ? quoted[1] : line));
  }
  return box;
}

function block(line) {
  const heading = /^(#{1,6})\s+(.*)$/.exec(line);
  if (heading) return inline(element("div", `heading level-${heading[1].length}`), heading[2]);
  return inline(element("div", line.trim() ? "line" : "gap"), line);
}

function inline(box, text) {
  let last = 0;
  for (const part of text.matchAll(INLINE_PARTS)) {
    box.append(text.slice(last, part.index), inlinePart(part));
    last = part.index + part[0].length;
  }
  box.append(text.slice(last));
  return box;
}

function inlinePart([, strong, label, url, code, colour, coloured]) {
  if (strong !== undefined) return inline(element("strong"), strong);
  if (label !== undefined) return link(url, "", label);
  if (code !== undefined) return element("code", "", code);
  return inline(element("span", `font-${colour}`), coloured);
}
