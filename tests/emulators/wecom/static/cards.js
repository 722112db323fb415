// Template cards, part by part in the order in which WeCom shows them.
import { element, link, picture } from "./dom.js";

export function renderCard(bubble, press, openSheet) {
  const card = bubble.content;
  const box = element("article", `card ${card.card_type}`);
  const answers = { ...bubble.selected };
  const parts = [
    head(card, (key) => press({ key, menu: true }), openSheet),
    card.card_image && picture(card.card_image.url, "card-image", "图片"),
    title(card.main_title, card.card_action),
    emphasis(card.emphasis_content),
    quote(card.quote_area),
    imageText(card.image_text_area),
    card.sub_title_text && element("p", "sub-title", card.sub_title_text),
    vertical(card.vertical_content_list),
    horizontal(card.horizontal_content_list),
    dropDown(card.button_selection, answers, card),
    ...(card.select_list || []).map((question) => dropDown(question, answers, card)),
    checkbox(card.checkbox, answers, card),
    buttons(card, bubble.pressed, (key) => press({ key, selected: answers })),
    jumps(card.jump_list),
  ];
  box.append(...parts.filter(Boolean));
  return box;
}

function head(card, choose, openSheet) {
  const source = card.source || {};
  if (!source.desc && !card.action_menu) return null;
  const line = element("div", "source");
  if (source.icon_url) line.append(picture(source.icon_url, "icon", ""));
  line.append(element("span", `source-name colour-${source.desc_color || 0}`, source.desc || ""));
  if (card.action_menu) line.append(menuButton(card.action_menu, choose, openSheet));
  return line;
}

function menuButton(menu, choose, openSheet) {
  const more = element("button", "more", "⋯");
  more.type = "button";
  more.setAttribute("aria-label", menu.desc || "更多操作");
  more.addEventListener("click", () => openSheet(menu.desc, menu.action_list, choose));
  return more;
}

function title(main, action) {
  if (!main || (!main.title && !main.desc)) return null;
  const box = element("div", "main-title");
  if (main.title) box.append(element("h2", "", action && action.url ? link(action.url, "", main.title) : main.title));
  if (main.desc) box.append(element("p", "", main.desc));
  return box;
}

function emphasis(content) {
  if (!content) return null;
  return element("div", "emphasis", element("strong", "", content.title || ""), element("span", "", content.desc || ""));
}

function quote(area) {
  if (!area || (!area.title && !area.quote_text)) return null;
  return link(area.url, "quote", area.title ? element("b", "", area.title) : null, element("p", "", area.quote_text || ""));
}

function imageText(area) {
  if (!area) return null;
  const words = element("div", "", element("b", "", area.title || ""), element("p", "", area.desc || ""));
  return link(area.url, "image-text", picture(area.image_url, "thumb", "图片"), words);
}

function vertical(list) {
  if (!list || !list.length) return null;
  const rows = list.map((item) => element("li", "", element("b", "", item.title), element("p", "", item.desc || "")));
  return element("ul", "vertical", ...rows);
}

function horizontal(list) {
  if (!list || !list.length) return null;
  return element("dl", "horizontal", ...list.flatMap(horizontalRow));
}

function horizontalRow(item) {
  const url = item.type === 2 ? `/phone/media/${item.media_id}` : item.url;
  const value = item.type ? link(absolute(url), "value-link", item.value || "") : item.value || "";
  return [element("dt", "", item.keyname), element("dd", "", value)];
}

function absolute(url) {
  return url ? new URL(url, location.href).href : "";
}

function dropDown(question, answers, card) {
  if (!question) return null;
  const choice = element("select");
  choice.setAttribute("aria-label", question.title || "请选择");
  choice.disabled = Boolean(question.disable || card.replace_text);
  choice.append(...question.option_list.map((option) => new Option(option.text, option.id)));
  choice.value = answers[question.question_key]?.[0] ?? question.selected_id ?? question.option_list[0].id;
  const note = () => (answers[question.question_key] = [choice.value]);
  choice.addEventListener("change", note);
  note();
  return element("label", "question", element("span", "", question.title || ""), choice);
}

function checkbox(question, answers, card) {
  if (!question) return null;
  const box = element("fieldset", "checkbox");
  box.disabled = Boolean(question.disable || card.replace_text);
  const note = () => (answers[question.question_key] = [...box.querySelectorAll(":checked")].map((i) => i.value));
  for (const option of question.option_list) box.append(optionRow(question, option, answers[question.question_key]));
  box.addEventListener("change", note);
  note();
  return box;
}

function optionRow(question, option, chosen) {
  const input = element("input");
  input.type = question.mode === 1 ? "checkbox" : "radio";
  input.name = question.question_key;
  input.value = option.id;
  input.checked = chosen ? chosen.includes(option.id) : Boolean(option.is_checked);
  return element("label", "option", input, element("span", "", option.text));
}

function buttons(card, pressed, press) {
  if (card.replace_text) return element("div", "buttons", greyButton(card.replace_text));
  const list = card.button_list || (card.submit_button ? [{ ...card.submit_button, style: 1 }] : []);
  if (!list.length) return null;
  const made = list.map((item) => (item.type === 1 ? linkButton(item) : pressButton(item, pressed, press)));
  return element("div", `buttons count-${list.length}`, ...made);
}

function greyButton(text) {
  const button = element("button", "done", text);
  button.disabled = true;
  return button;
}

function linkButton(item) {
  return link(item.url, `style-${item.style || 1}`, item.text);
}

function pressButton(item, pressed, press) {
  const button = element("button", `style-${item.style || 1}`, item.text);
  button.type = "button";
  button.disabled = Boolean(pressed);
  if (pressed === item.key) button.classList.add("pressed");
  button.addEventListener("click", () => press(item.key));
  return button;
}

function jumps(list) {
  if (!list || !list.length) return null;
  return element("div", "jumps", ...list.map((jump) => link(jump.url, "jump", jump.title)));
}
