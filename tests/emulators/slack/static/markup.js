// Slack's mrkdwn and the common part of Markdown.
import { element, link } from "./dom.js";

const MRKDWN = /<([^>|]+)(?:\|([^>]*))?>|`([^`\n]+)`|(?<![\w*])\*([^*\n]+)\*(?!\w)|(?<!\w)_([^_\n]+)_(?!\w)|(?<!\w)~([^~\n]+)~(?!\w)/g;
const MARKDOWN = /\*\*(.+?)\*\*|\[([^\]]+)\]\(([^)\s]+)\)|`([^`]+)`|(?<!\w)\*([^*\n]+)\*|(?<!\w)_([^_\n]+)_(?!\w)|(https?:\/\/[^\s)>，。]+)/g;
let names = {}; // ids of people and channels

export function setNames(known) {
  names = known;
}

export function mrkdwn(text) {
  return lines(text, mrkdwnInline, "```");
}

export function markdown(text) {
  return lines(text, markdownInline, "```");
}

export function plain(text) {
  return element("div", "line", unescaped(text));
}

function lines(text, inline, fence) {
  const box = element("div", "words");
  text.split(fence).forEach((part, index) => {
    if (index % 2) box.append(element("pre", "", unescaped(part.replace(/^\n|\n$/g, ""))));
    else if (part.trim()) paragraphs(box, part.replace(/^\n/, ""), inline);
  });
  return box;
}

function paragraphs(box, text, inline) {
  let quote = null;
  for (const line of text.split("\n")) {
    const quoted = /^(?:>|&gt;)\s?(.*)$/.exec(line);
    if (quoted && !quote) box.append((quote = element("blockquote")));
    if (!quoted) quote = null;
    (quote || box).append(paragraph(quoted ? quoted[1] : line, inline));
  }
}

function paragraph(line, inline) {
  const heading = /^(#{1,6})\s+(.*)$/.exec(line);
  if (heading && inline === markdownInline) return inline(element("div", "line heading"), heading[2]);
  const item = /^(\s*)(?:[-•]|(\d+)\.)\s+(.*)$/.exec(line);
  if (!item) return inline(element("div", line.trim() ? "line" : "gap"), line);
  const row = inline(element("div", "line item"), item[3]);
  row.dataset.mark = item[2] ? `${item[2]}.` : "•";
  row.style.marginLeft = `${item[1].length * 0.5}em`;
  return row;
}

function mrkdwnInline(box, text) {
  return inlined(box, text, MRKDWN, ([whole, target, label, code, bold, italic, struck]) => {
    if (target !== undefined) return reference(target, label);
    if (code !== undefined) return element("code", "", unescaped(code));
    if (bold !== undefined) return mrkdwnInline(element("strong"), bold);
    if (italic !== undefined) return mrkdwnInline(element("em"), italic);
    return struck !== undefined ? mrkdwnInline(element("s"), struck) : whole;
  });
}

function reference(target, label) {
  if (/^[@#]/.test(target)) return element("span", "mention", `${target[0]}${names[target.slice(1)] || label || target.slice(1)}`);
  if (target[0] === "!") return element("span", "mention", `@${label || target.slice(1)}`);
  return link(unescaped(target), "", unescaped(label || target));
}

function markdownInline(box, text) {
  return inlined(box, text, MARKDOWN, ([, strong, label, url, code, em, em2, bare]) => {
    if (strong !== undefined) return markdownInline(element("strong"), strong);
    if (label !== undefined) return link(url, "", label);
    if (code !== undefined) return element("code", "", code);
    return bare !== undefined ? link(bare, "", bare) : element("em", "", em ?? em2);
  });
}

function inlined(box, text, pattern, make) {
  let last = 0;
  for (const part of text.matchAll(pattern)) {
    box.append(unescaped(text.slice(last, part.index)), make(part));
    last = part.index + part[0].length;
  }
  box.append(unescaped(text.slice(last)));
  return box;
}

export function unescaped(text) {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}
