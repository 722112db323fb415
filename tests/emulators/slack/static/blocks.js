// Block Kit, drawn. `act(spec, chosen)` is called when an element is used.
import { control } from "./controls.js";
import { element, link, picture } from "./dom.js";
import { markdown, mrkdwn, plain } from "./markup.js";

const DRAW = {
  section,
  header: (block) => element("h3", "header", block.text.text),
  divider: () => element("hr"),
  context: (block) => element("div", "context", ...block.elements.map(contextPart)),
  actions: (block, act) => element("div", "actions", ...block.elements.map((spec) => control(spec, act))),
  context_actions: (block, act) => element("div", "actions", ...block.elements.map((spec) => control(spec, act))),
  image: (block) => element("figure", "image", picture(block.image_url, "photo", block.alt_text), caption(block.title)),
  video: (block) => link(block.video_url, "", block.title.text),
  markdown: (block) => markdown(block.text),
  rich_text: (block) => element("div", "words", ...block.elements.map(richPart)),
  table,
  input,
};

export function drawBlocks(blocks, act) {
  return blocks.map((block) => {
    const node = (DRAW[block.type] || (() => element("div", "hint", `[${block.type}]`)))(block, act);
    node.classList.add("block");
    node.dataset.block = block.block_id || "";
    return node;
  });
}

export function words(text) {
  return text.type === "plain_text" ? plain(text.text) : mrkdwn(text.text);
}

function section(block, act) {
  const body = element("div", "section-body", block.text ? words(block.text) : null);
  if (block.fields) body.append(element("div", "fields", ...block.fields.map(words)));
  const extra = block.accessory;
  if (!extra) return element("div", "section", body);
  const side = extra.type === "image" ? picture(extra.image_url, "thumb", extra.alt_text) : control(extra, act);
  return element("div", "section with-side", body, element("div", "side", side));
}

function contextPart(part) {
  return part.type === "image" ? picture(part.image_url, "icon", part.alt_text) : words(part);
}

function caption(title) {
  return title ? element("figcaption", "", title.text) : null;
}

function input(block) {
  const field = control(block.element, null);
  const label = element("label", "input-label", block.label.text, block.optional ? element("span", "hint", "（选填）") : null);
  const id = `input-${block.block_id}`;
  if (!field.classList.contains("boxes")) {
    field.id = id;
    label.htmlFor = id;
  }
  return element("div", "input", label, field, block.hint ? element("p", "hint", block.hint.text) : null, element("p", "error"));
}

function table(block) {
  const row = (cells, tag) => element("tr", "", ...cells.map((cell) => element(tag, "", cellWords(cell))));
  const [head, ...rest] = block.rows;
  const body = element("table", "table", element("thead", "", row(head, "th")), element("tbody", "", ...rest.map((r) => row(r, "td"))));
  return element("div", "table-box", body);
}

function cellWords(cell) {
  return cell.type === "raw_text" ? cell.text : element("div", "", ...cell.elements.map(richPart));
}

function richPart(part) {
  if (part.type === "rich_text_list") {
    const items = part.elements.map((item) => element("li", "", ...item.elements.map(richPiece)));
    return element(part.style === "ordered" ? "ol" : "ul", "", ...items);
  }
  const tag = { rich_text_preformatted: "pre", rich_text_quote: "blockquote" }[part.type] || "div";
  return element(tag, tag === "div" ? "line" : "", ...part.elements.map(richPiece));
}

function richPiece(piece) {
  if (piece.type === "link") return link(piece.url, "", piece.text || piece.url);
  if (piece.type === "text" && /<[@#!]/.test(piece.text)) return mrkdwn(piece.text);
  const said = piece.text || piece.name || piece.user_id || piece.channel_id || piece.fallback || "";
  const style = piece.style || {};
  let node = element(style.code ? "code" : "span", style.strike ? "struck" : "", said);
  if (style.bold) node = element("strong", "", node);
  return style.italic ? element("em", "", node) : node;
}
