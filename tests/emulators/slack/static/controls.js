// The interactive elements: what is drawn, and what choosing means.
import { element, pressable, link } from "./dom.js";

let people = [];
let places = [];

export function setChoices(users, channels) {
  people = users.map((user) => ({ value: user.id, label: user.name }));
  places = channels.map((channel) => ({ value: channel.id, label: channel.name || "小策" }));
}

// In messages `act(element, chosen)` sends at once; in inputs it is null and `read()` gives the answer.
export function control(spec, act) {
  const draw = DRAW[spec.type] || (() => element("span", "hint", `[${spec.type}]`));
  const node = draw(spec, act && guarded(spec, act));
  node.dataset.action = spec.action_id;
  return node;
}

function guarded(spec, act) {
  return (chosen) => {
    const ask = spec.confirm;
    if (!ask || window.confirm(`${ask.title.text}\n${ask.text.text}`)) act(spec, chosen);
  };
}

const DRAW = {
  button,
  static_select: (spec, act) => menu(spec, optionsOf(spec), spec.initial_option?.value, act),
  multi_static_select: (spec, act) => many(spec, optionsOf(spec), act),
  users_select: (spec, act) => menu(spec, people, spec.initial_user, act),
  conversations_select: (spec, act) => menu(spec, places, spec.initial_conversation, act),
  channels_select: (spec, act) => menu(spec, places, spec.initial_channel, act),
  multi_users_select: (spec, act) => many(spec, people, act),
  multi_conversations_select: (spec, act) => many(spec, places, act),
  multi_channels_select: (spec, act) => many(spec, places, act),
  overflow: (spec, act) => menu({ ...spec, placeholder: { text: "⋯" } }, optionsOf(spec), "", act),
  checkboxes: (spec, act) => boxes(spec, "checkbox", act),
  radio_buttons: (spec, act) => boxes(spec, "radio", act),
  datepicker: (spec, act) => typed(spec, "date", spec.initial_date, act),
  timepicker: (spec, act) => typed(spec, "time", spec.initial_time, act),
  datetimepicker: (spec, act) => typed(spec, "datetime-local", "", act),
  plain_text_input: (spec, act) => (spec.multiline ? area(spec) : typed(spec, "text", spec.initial_value, act)),
  email_text_input: (spec, act) => typed(spec, "email", spec.initial_value, act),
  url_text_input: (spec, act) => typed(spec, "url", spec.initial_value, act),
  number_input: (spec, act) => typed(spec, "number", spec.initial_value, act),
  icon_button: (spec, act) => button(spec, act),
  feedback_buttons: feedback,
};

function button(spec, act) {
  const node = pressable(`button ${spec.style || ""}`, spec.text.text, () => act && act(null));
  if (!spec.url) return node;
  const out = link(spec.url, `button ${spec.style || ""}`, spec.text.text);
  out.addEventListener("click", () => act && act(null));
  return out;
}

function feedback(spec, act) {
  const one = (button) => pressable("button", button.text.text, () => act && act(button.value));
  return element("span", "pair", one(spec.positive_button), one(spec.negative_button));
}

function optionsOf(spec) {
  const all = [...(spec.options || []), ...(spec.option_groups || []).flatMap((group) => group.options)];
  return all.map((option) => ({ value: option.value, label: option.text.text }));
}

function menu(spec, options, initial, act) {
  const node = element("select", "menu");
  node.setAttribute("aria-label", spec.placeholder?.text || "选择");
  node.append(new Option(spec.placeholder?.text || "请选择", ""), ...options.map((o) => new Option(o.label, o.value)));
  node.value = initial || "";
  if (act) node.addEventListener("change", () => node.value && act(node.value));
  node.read = () => node.value || null;
  return node;
}

function many(spec, options, act) {
  const node = menu(spec, options, "", null);
  node.multiple = true;
  node.options[0].remove();
  const chosen = (spec.initial_options || []).map((option) => option.value);
  for (const option of node.options) option.selected = chosen.includes(option.value);
  node.read = () => [...node.selectedOptions].map((option) => option.value);
  if (act) node.addEventListener("change", () => act(node.read()));
  return node;
}

function boxes(spec, type, act) {
  const node = element("div", "boxes");
  const initial = (spec.initial_options || [spec.initial_option]).filter(Boolean).map((option) => option.value);
  for (const option of optionsOf(spec)) {
    const box = element("input");
    Object.assign(box, { type, name: spec.action_id, value: option.value, checked: initial.includes(option.value) });
    node.append(element("label", "option", box, option.label));
  }
  const chosen = () => [...node.querySelectorAll(":checked")].map((box) => box.value);
  node.read = () => (type === "radio" ? chosen()[0] || null : chosen());
  if (act) node.addEventListener("change", () => act(node.read()));
  return node;
}

function typed(spec, type, initial, act) {
  const node = element("input", "line-input");
  Object.assign(node, { type, value: initial || "", placeholder: spec.placeholder?.text || "" });
  if (spec.max_length) node.maxLength = spec.max_length;
  node.read = () => node.value || null;
  if (act) node.addEventListener("change", () => act(node.value));
  return node;
}

function area(spec) {
  const node = element("textarea", "line-input");
  Object.assign(node, { value: spec.initial_value || "", placeholder: spec.placeholder?.text || "", rows: 4 });
  if (spec.max_length) node.maxLength = spec.max_length;
  node.read = () => node.value || null;
  return node;
}
