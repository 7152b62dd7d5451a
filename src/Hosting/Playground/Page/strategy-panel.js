import { make, newId } from './dom.js';
import { parse } from './numbers.js';

/** How one side decodes: a form and the same as JSON, each following the other. */
export function createStrategyPanel(forms, schema, decoding, changed) {
  // The page asks for a trace with every call; that is no choice here.
  const { trace, ...properties } = schema.options.properties;
  let current = decoding;
  let editor;
  const form = make('form', { className: 'slots', noValidate: true, onsubmit: event => event.preventDefault() });
  const raw = make('textarea', { className: 'json', rows: 6, spellcheck: false, id: newId() });
  const fault = make('p', { className: 'fault', role: 'alert', hidden: true });

  const write = () => { raw.value = JSON.stringify(current, null, 2); raw.setCustomValidity(''); };
  const draw = () => {
    editor = forms.members({ properties }, current, {}, () => {
      current = editor.value();
      write();
      tell();
    });
    form.replaceChildren(editor.element);
  };
  const tell = () => { showFault(null); changed(current); };
  const showFault = message => { fault.hidden = !message; fault.textContent = message ?? ''; };
  raw.oninput = () => {
    try {
      const said = parse(raw.value.trim() || '{}');
      if (said === null || typeof said !== 'object' || Array.isArray(said)) throw new Error('options are an object, with a member for each slot.');
      if ('kind' in said) throw new Error(`put this strategy into its slot: {"SLOT": ${JSON.stringify(said)}}.`);
      raw.setCustomValidity('');
      current = said;
      draw();
      tell();
    } catch (error) {
      raw.setCustomValidity(error.message);
      showFault(`Not yet options: ${error.message}`);
    }
  };

  draw();
  write();
  return {
    element: make('div', { className: 'panel' }, fault, form, make('div', { className: 'field raw' }, make('label', { htmlFor: raw.id }, 'The same as JSON'), raw)),
    get decoding() { return current; },
    /** Whether all that is filled in can be sent; the browser shows what cannot. */
    reportValidity() {
      const wrong = [raw, ...form.elements].find(control => !control.checkValidity() && control.offsetParent !== null);
      wrong?.reportValidity();
      return !wrong;
    },
    showFault,
  };
}

/** The name of a way of decoding: its kinds. */
export function nameOf(decoding) {
  const kinds = Object.values(decoding).flatMap(value => (Array.isArray(value) ? value : [value]).map(each => each?.kind ?? (typeof each === 'string' ? each : null)));
  return kinds.filter(kind => kind !== null).join(' + ') || 'the model’s default';
}
