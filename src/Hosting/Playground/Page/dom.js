/** An element. Texts go in as text, never as markup. */
export function make(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null) continue;
    if (name in element) element[name] = value; else element.setAttribute(name, value);
  }
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

/** A text with `names` in backticks as elements. */
export function prose(text) {
  return text.split('`').map((part, i) => i % 2 ? make('code', {}, part) : part);
}

/** A name and its value for a <dl>; null where there is no value. */
export function fact(name, value, title) {
  return value === undefined || value === null ? null : make('div', { title }, make('dt', {}, name), make('dd', {}, value instanceof Node ? value : String(value)));
}

let count = 0;

/** An id that nothing else on the page has. */
export const newId = () => `e${++count}`;
