import { make, prose } from './dom.js';
import { json, labelled, simple } from './fields.js';

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const words = name => name.replaceAll('_', ' ');

/** Makes editors of what /decant/schema describes. It knows no option: what to ask for stands in the schema. */
export function createForms(schema) {
  function editor(node, value, label, changed) {
    if (node.slot) return strategy(node, value ?? undefined, label, changed);
    if (node.items?.slot || node.items?.properties) return list(node, value ?? undefined, label, changed);
    if (node.properties) return optional(node, value ?? undefined, label, changed);
    return simple(node, value, label, changed);
  }

  /** The members of an object. Says only what differs from the defaults; keeps what it does not know, for the server to judge. */
  function members(node, value, defaults, changed) {
    const known = Object.entries(node.properties).filter(([, member]) => member.const === undefined);
    const editors = known.map(([name, member]) => [name, editor(member, value[name] ?? defaults[name], words(name), changed)]);
    const foreign = Object.entries(value).filter(([name]) => !(name in node.properties));
    return {
      element: make('div', { className: 'members' }, ...editors.map(([, each]) => each.element)),
      value: () => Object.fromEntries([...editors.map(([name, each]) => [name, each.value()]).filter(([name, said]) => said !== undefined && !same(said, defaults[name])), ...foreign]),
    };
  }

  function strategy(node, value, label, changed) {
    const { description, kinds } = schema.slots[node.slot];
    if (typeof value === 'string') value = { kind: value };
    if (value !== undefined && !(value?.kind in kinds)) return json(node, value, label, changed);
    const select = make('select', {}, make('option', { value: '' }, 'default'), ...Object.keys(kinds).map(kind => make('option', {}, kind)));
    select.value = value?.kind ?? '';
    const body = make('div', { className: 'strategy' });
    let inner;
    const show = said => {
      const kind = kinds[select.value];
      inner = kind && members(kind.schema, said, kind.default, changed);
      body.hidden = !kind;
      body.replaceChildren(...kind ? [make('p', { className: 'about' }, ...prose(kind.description)), more(kind.remarks), inner.element].filter(Boolean) : []);
    };
    select.onchange = () => { show({}); changed(); };
    show(value ?? {});
    const field = labelled(label, select, node.description ?? description, body);
    return { element: field, value: () => select.value ? { kind: select.value, ...inner.value() } : undefined };
  }

  function more(remarks) {
    return remarks ? make('details', { className: 'remarks' }, make('summary', {}, 'More about it'), ...remarks.split('\n').map(line => make('p', {}, ...prose(line)))) : null;
  }

  /** Strategies or objects, as many as wanted. */
  function list(node, value, label, changed) {
    const given = value === undefined ? [] : Array.isArray(value) ? value : [value];
    const items = [];
    const rows = make('div', { className: 'items' });
    const wasEmpty = Array.isArray(value) && value.length === 0;
    let added = 0;
    const add = said => {
      const name = `${label} ${++added}`;
      const item = node.items.slot ? strategy(node.items, said, name, changed) : members(node.items, said, node.items.default ?? {}, changed);
      const row = make('div', { className: 'item' }, item.element);
      row.append(make('button', { type: 'button', className: 'remove', ariaLabel: `Remove ${name}`, onclick: () => { items.splice(items.indexOf(item), 1); row.remove(); changed(); } }, 'Remove'));
      items.push(item);
      rows.append(row);
    };
    const kinds = node.items.slot ? Object.keys(schema.slots[node.items.slot].kinds) : null;
    const adder = kinds
      ? make('select', { onchange: () => { add({ kind: adder.value }); adder.value = ''; changed(); } }, make('option', { value: '' }, 'add …'), ...kinds.map(kind => make('option', {}, kind)))
      : make('button', { type: 'button', ariaLabel: `Add to ${label}`, onclick: () => { add({}); changed(); } }, 'Add');
    given.forEach(add);
    const read = () => items.map(item => item.value()).filter(item => item !== undefined);
    return { element: labelled(label, adder, node.description, rows), value: () => items.length > 0 || wasEmpty ? read() : undefined };
  }

  /** An object that may be left out. */
  function optional(node, value, label, changed) {
    const said = make('input', { type: 'checkbox', checked: value !== undefined });
    // Its own defaults are said in full: the server's reader has none for it.
    const filled = members(node, { ...node.default, ...value }, {}, changed);
    filled.element.hidden = !said.checked;
    said.onchange = () => { filled.element.hidden = !said.checked; changed(); };
    return { element: labelled(label, said, node.description, filled.element), value: () => said.checked ? filled.value() : undefined };
  }

  return { editor, members };
}
