// Building blocks. Everything a message says goes in as text, never as HTML.

export function element(tag, className = "", ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

export function link(url, className, ...children) {
  const node = element("a", className, ...children);
  if (/^(https?:|mailto:)/i.test(url)) {
    node.href = url;
    node.target = "_blank";
    node.rel = "noreferrer";
  }
  return node;
}

export function picture(url, className, words) {
  const node = element("img", className);
  node.alt = words;
  node.addEventListener("error", () => node.replaceWith(element("span", `${className} missing`, words)));
  node.src = url;
  return node;
}

export function pressable(className, words, act) {
  const node = element("button", className, words);
  node.type = "button";
  node.addEventListener("click", act);
  return node;
}
