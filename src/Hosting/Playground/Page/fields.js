import { make, newId, prose } from './dom.js';

// An editor is { element, value() }: value() is undefined where nothing is said. `changed` is called after every change.

const isNullable = schema => Array.isArray(schema.type) && schema.type.includes('null');
const typeOf = schema => Array.isArray(schema.type) ? schema.type.find(type => type !== 'null') : schema.type;
const unset = 'not set';

/** A control with its name and its explanation. */
export function labelled(name, control, description, extra) {
  control.id ||= newId();
  const help = description ? make('small', { className: 'help', id: newId(), title: description }, ...prose(description)) : null;
  if (help) {
    control.setAttribute('aria-describedby', help.id);
    // It stays open: what moves under a mouse that is pressed is not clicked.
    control.addEventListener('focus', () => help.classList.add('open'));
  }
  return make('div', { className: control.type === 'checkbox' ? 'field check' : 'field' }, make('label', { htmlFor: control.id }, name), control, help, extra);
}

function choice(schema, value, label, changed) {
  const options = typeOf(schema) === 'boolean' ? ['true', 'false'] : schema.enum.filter(each => each !== null);
  const select = make('select', { onchange: () => { explain(); changed(); } }, isNullable(schema) ? make('option', { value: '' }, unset) : null, ...options.map(each => make('option', {}, each)));
  select.value = value === undefined || value === null ? '' : String(value);
  const meaning = make('small', { className: 'meaning' });
  const explain = () => meaning.replaceChildren(...prose(schema.descriptions?.[select.value] ?? ''));
  explain();
  const read = () => select.value === '' ? undefined : typeOf(schema) === 'boolean' ? select.value === 'true' : select.value;
  return { element: labelled(label, select, schema.description, meaning), value: read };
}

function checkbox(schema, value, label, changed) {
  const box = make('input', { type: 'checkbox', checked: value === true, onchange: changed });
  return { element: labelled(label, box, schema.description), value: () => box.checked };
}

function number(schema, value, label, changed) {
  const input = make('input', { type: 'number', step: typeOf(schema) === 'integer' ? '1' : 'any', value: value ?? '', placeholder: isNullable(schema) ? unset : '', required: !isNullable(schema), oninput: changed });
  // Seeds are 64-bit numbers, which JavaScript's are not: the server reads them as texts too.
  const read = () => input.value === '' ? undefined : typeOf(schema) === 'integer' && !Number.isSafeInteger(Number(input.value)) ? input.value : Number(input.value);
  return { element: labelled(label, input, schema.description), value: read };
}

function text(schema, value, label, changed) {
  const area = make('textarea', { rows: 1, value: value ?? '', placeholder: isNullable(schema) ? unset : '', spellcheck: false, oninput: changed });
  return { element: labelled(label, area, schema.description), value: () => area.value === '' && isNullable(schema) ? undefined : area.value };
}

/** A list of texts or numbers, one a line. */
function lines(schema, value, label, changed) {
  const numeric = schema.items.type !== 'string';
  const area = make('textarea', { rows: 1, value: (value ?? []).join('\n'), placeholder: 'one a line', spellcheck: false, oninput: () => { check(); changed(); } });
  const items = () => area.value.split('\n').filter(line => line.trim() !== '').map(line => numeric ? Number(line) : line);
  const check = () => area.setCustomValidity(numeric && items().some(Number.isNaN) ? 'Every line must be a number.' : '');
  return { element: labelled(label, area, schema.description), value: () => items().length === 0 && isNullable(schema) ? undefined : items() };
}

/** Whatever has no form of its own. */
export function json(schema, value, label, changed) {
  let current = value;
  const area = make('textarea', { className: 'json', rows: 1, value: value === undefined ? '' : JSON.stringify(value), placeholder: 'JSON', spellcheck: false });
  area.oninput = () => {
    try {
      current = area.value.trim() === '' ? undefined : JSON.parse(area.value);
      area.setCustomValidity('');
    } catch (error) {
      area.setCustomValidity(`Not JSON: ${error.message}`);
    }
    changed();
  };
  return { element: labelled(label, area, schema.description), value: () => current };
}

/** An editor for a value that is neither a strategy nor an object with members of its own. */
export function simple(schema, value, label, changed) {
  const type = typeOf(schema);
  const make = schema.enum || (type === 'boolean' && isNullable(schema)) ? choice
    : type === 'boolean' ? checkbox
      : type === 'integer' || type === 'number' ? number
        : type === 'string' ? text
          : type === 'array' && fitsLines(schema, value ?? []) ? lines : json;
  return make(schema, value, label, changed);
}

const fitsLines = (schema, items) => ['string', 'integer', 'number'].includes(schema.items.type) && items.every(item => String(item).trim() !== '' && !String(item).includes('\n'));
