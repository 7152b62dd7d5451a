import { make } from './dom.js';
import { createForms } from './form.js';
import { save, state } from './store.js';
import { createStrategyPanel } from './strategy-panel.js';

/** The decoding panels of both sides, the second one shown where two are compared. Tabs, as the platform's guide to them has it. */
export function createPanels(host, compare, schema) {
  const forms = createForms(schema);
  const names = ['A', 'B'];
  const panels = names.map((_, side) => createStrategyPanel(forms, schema, state.decodings[side], decoding => {
    state.decodings[side] = decoding;
    save();
  }));
  const tabs = names.map((name, side) => make('button', {
    type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': `panel-${name}`, onclick: () => select(side),
    onkeydown: event => { if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') { select(1 - side); tabs[1 - side].focus(); } },
  }, `Strategy ${name}`));
  const list = make('div', { role: 'tablist', 'aria-label': 'Strategies to compare' }, ...tabs);
  panels.forEach((panel, side) => {
    panel.element.id = `panel-${names[side]}`;
    panel.element.setAttribute('role', 'tabpanel');
    panel.element.setAttribute('aria-labelledby', `tab-${names[side]}`);
  });

  function select(side) {
    tabs.forEach((tab, i) => { tab.setAttribute('aria-selected', i === side); tab.tabIndex = i === side ? 0 : -1; });
    panels.forEach((panel, i) => { panel.element.hidden = i !== side; });
  }

  function arrange() {
    list.hidden = !state.compare;
    select(0);
  }

  compare.checked = state.compare;
  compare.onchange = () => { state.compare = compare.checked; save(); arrange(); if (state.compare) select(1); };
  host.replaceChildren(list, ...panels.map(panel => panel.element));
  arrange();
  return {
    sides: () => state.compare ? [0, 1] : [0],
    names, panels, select,
    reportValidity: () => (state.compare ? [0, 1] : [0]).every(side => {
      if (panels[side].element.hidden) select(side);
      return panels[side].reportValidity();
    }),
  };
}
