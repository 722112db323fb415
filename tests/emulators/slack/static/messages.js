// One list of messages, kept up to date row by row.
import { drawBlocks } from "./blocks.js";
import { element, link, picture, pressable } from "./dom.js";
import { markdown, mrkdwn } from "./markup.js";

export function drawMessages(list, posts, options) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 120;
  const before = new Map([...list.children].map((row) => [row.dataset.key, row]));
  const rows = posts.map((post) => {
    const key = JSON.stringify([post, options.replies?.(post) || 0]);
    return before.get(key) || row(post, key, options);
  });
  list.replaceChildren(...rows);
  if (atEnd || options.toEnd) list.scrollTop = list.scrollHeight;
}

function row(post, key, options) {
  const face = element("span", `face ${post.bot ? "bot" : ""}`, post.name.slice(0, 1));
  const head = element("div", "head", element("b", "", post.name), post.bot ? element("span", "tag", "应用") : null, time(post));
  const body = element("div", "body", head, ...content(post, options));
  const node = element("li", `row ${post.only_for ? "whispered" : ""} ${post.streaming ? "streaming" : ""}`, face, body);
  node.dataset.key = key;
  node.dataset.ts = post.ts;
  return node;
}

function time(post) {
  const node = element("time", "", new Date(post.ts * 1000).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" }));
  return node;
}

function content(post, options) {
  const parts = [];
  if (post.only_for) parts.push(element("p", "hint", "只有你能看到"));
  const typed = post.blocks.length === 1 && post.blocks[0].block_id === "typed";
  const streamed = post.blocks.length && post.markdown && post.text;
  if (!post.blocks.length || streamed || typed) parts.push(post.markdown ? markdown(post.text) : mrkdwn(post.text));
  if (post.blocks.length && !typed) parts.push(...drawBlocks(post.blocks, (spec, chosen) => options.press(post, spec, chosen)));
  parts.push(...post.files.map(file));
  if (post.edited && !post.markdown) parts.push(element("span", "hint", "（已编辑）"));
  if (post.note) parts.push(element("p", "hint warn", post.bot ? post.note : `未送达：${post.note}`));
  const replies = options.replies?.(post) || 0;
  if (options.open && !post.only_for) parts.push(pressable(`plain thread-link ${replies ? "" : "quiet"}`, replies ? `${replies} 条回复` : "回复", () => options.open(post)));
  return parts;
}

function file(one) {
  const url = new URL(`/client/file/${one.id}/${encodeURIComponent(one.name)}`, location.href).href;
  if (one.type.startsWith("image/")) return picture(url, "photo", one.name);
  return link(url, "file-box", element("span", "file-kind", one.name.split(".").pop().slice(0, 4)), element("span", "", one.name));
}
