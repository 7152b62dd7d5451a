import { make } from './dom.js';
import { percent, probability } from './numbers.js';
import { createCard } from './card.js';
import { origin, pieces, processed, shown } from './trace.js';

// How strongly and in which direction a token is coloured: from -1 (lowered) to 1 (raised).
const scales = {
  change: token => Math.max(-1, Math.min(1, (probability(processed(token).logprob) - probability(token.stages[0].logprob)) * 1.6)),
  surprise: token => probability(token.stages[0].logprob) - 1,
  masked: token => -(token.masked_mass ?? 0),
};

/** The ways to colour tokens, with what their colours mean. */
export const modes = {
  source: ['where they came from', ''],
  change: ['what the stages changed', 'Blue, solid: the stages made the token likelier than the model alone finds it. Orange, wavy: less likely.'],
  surprise: ['how unlikely the model found them', 'The stronger the orange, the less likely the model alone found the token.'],
  masked: ['how much was forbidden', 'The stronger the orange, the more of the model’s probability constraints refused, or contrast found implausible.'],
};

/** The tokens of a trace: coloured, each with a card. */
export function createTokens(trace, name, difference) {
  const texts = pieces(trace.tokens);
  // Every way of drafting has a colour of its own, in the order of their appearance.
  const origins = [...new Set(trace.tokens.map(origin))];
  const drafted = origins.filter(each => trace.tokens.find(token => origin(token) === each).source === 'draft');
  const tint = token => token.source === 'draft' ? `draft${drafted.indexOf(origin(token)) % 4}` : token.source;
  const legend = make('div', { className: 'legend' });
  const card = createCard(name);
  let rest = trace.text;
  const elements = trace.tokens.map((token, i) => {
    const element = make('span', { className: 'token', role: 'option', tabIndex: -1 }, texts[i] === '' ? '·' : texts[i].replaceAll('\n', '⏎\n'));
    element.setAttribute('aria-label', `${shown(token)}, ${origin(token)}, ${percent(probability(token.stages[0].logprob))} for the model alone, ${percent(probability(processed(token).logprob))} after all stages`);
    const control = rest !== undefined && !rest.startsWith(texts[i]);
    if (!control && rest !== undefined) rest = rest.slice(texts[i].length);
    element.classList.toggle('control', control || texts[i] === '');
    element.classList.toggle('turned', token.stages[0].top[0] !== undefined && token.stages[0].top[0].id !== token.id);
    element.classList.toggle('next', i > 0 && token.result !== trace.tokens[i - 1].result);
    element.classList.toggle('parts', i === difference);
    if (i === difference) element.title = 'From here on the two texts differ.';
    return element;
  });

  function paint(mode) {
    const scale = scales[mode];
    legend.replaceChildren(...scale ? [make('p', {}, modes[mode][1])] : origins.map(each => {
      const of = trace.tokens.filter(token => origin(token) === each);
      return make('span', { className: 'key' }, make('span', { className: `swatch ${tint(of[0])}` }), `${each}: ${of.length}`);
    }));
    if (trace.tokens.some((_, i) => elements[i].classList.contains('turned'))) legend.append(make('span', { className: 'key' }, make('span', { className: 'swatch turned' }), 'not the model’s first choice'));
    elements.forEach((element, i) => {
      const value = scale ? scale(trace.tokens[i]) : 0;
      for (const each of [...element.classList]) if (/^(target|search|forced|draft\d|up|down)$/.test(each)) element.classList.remove(each);
      if (scale && Math.abs(value) >= 0.01) element.classList.add(value > 0 ? 'up' : 'down');
      if (!scale) element.classList.add(tint(trace.tokens[i]));
      element.style.setProperty('--strength', Math.abs(value).toFixed(3));
    });
  }

  let selected = 0;
  function select(i) {
    elements.forEach((element, j) => { element.setAttribute('aria-selected', j === i); element.tabIndex = j === i ? 0 : -1; });
    selected = i;
  }

  const show = i => card.show(trace.tokens[i], origin(trace.tokens[i]));
  elements.forEach((element, i) => {
    element.onmouseenter = () => show(i);
    element.onfocus = () => { select(i); show(i); };
    element.onclick = () => element.focus();
  });
  const text = make('div', { className: 'text tokens', role: 'listbox', 'aria-label': `Tokens of ${name}`, 'aria-orientation': 'horizontal' }, ...elements);
  text.onkeydown = event => {
    if (event.key === 'Escape') card.hide();
    const to = { ArrowLeft: selected - 1, ArrowUp: selected - 1, ArrowRight: selected + 1, ArrowDown: selected + 1, Home: 0, End: elements.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    elements[to]?.focus();
  };
  if (elements.length > 0) select(Math.max(0, difference));
  paint('source');
  return { elements: [text, legend, card.element], paint };
}
