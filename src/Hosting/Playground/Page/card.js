import { fact, make } from './dom.js';
import { percent, probability, short } from './numbers.js';
import { shown } from './trace.js';

const names = { raw: 'model alone', contrast: 'after contrast', processors: 'after processors', constraints: 'after constraints', drawn: 'drawn from' };

/** What happened to one token. */
export function createCard(name) {
  const body = make('div', {});
  const element = make('section', { className: 'card', hidden: true, 'aria-label': `What happened to a token of ${name}` },
    make('button', { type: 'button', className: 'close', ariaLabel: 'Close the card', onclick: () => { element.hidden = true; } }, '×'), body);
  return {
    element,
    hide: () => { element.hidden = true; },
    show: (token, origin) => { body.replaceChildren(...content(token, origin)); element.hidden = false; },
  };
}

function content(token, origin) {
  return [
    make('h4', {}, make('code', {}, shown(token)), ' ', make('span', {}, origin)),
    make('table', {},
      make('thead', {}, make('tr', {}, ...['Stage', 'This token', '', 'Likeliest'].map(text => make('th', { scope: 'col' }, text)))),
      make('tbody', {}, ...token.stages.map(stage => row(names[stage.stage] ?? stage.stage, stage.logprob, stage.top, token)), ...token.branches.map(branch => row(`branch: ${branch.name}`, branch.logprob, [], token)))),
    make('dl', {},
      fact('forbidden', token.masked_mass === undefined ? null : percent(token.masked_mass), 'The probability that constraints refused and contrast found implausible together'),
      fact('refused tokens', token.refused), fact('implausible tokens', token.implausible),
      fact('contrast weight', token.weight === undefined ? null : short(token.weight)), fact('weights', token.weights?.map(short).join(', ')),
      fact('divergence', token.divergence === undefined ? null : `${short(token.divergence)} nats`),
      fact('contrasted layer', token.layer), fact('other models', token.settled ? 'stayed behind' : null),
      fact('score', token.score === undefined ? null : short(token.score)), fact('drafter', token.drafter), fact('model', token.model),
      fact('result', token.result === undefined ? null : token.result + 1), fact('position', token.position),
      fact('forward', `${Math.round(token.forward_us)} µs`), fact('row', `${Math.round(token.row_us)} µs`)),
  ];
}

function row(name, logprob, top, token) {
  const p = probability(logprob);
  const bar = make('div', { className: 'bar' });
  bar.style.width = `${(100 * p).toFixed(2)}%`;
  const first = top[0];
  return make('tr', {}, make('th', { scope: 'row' }, name), make('td', { className: 'figure' }, percent(p)), make('td', { className: 'bars' }, bar),
    make('td', {}, first === undefined ? '' : first.id === token.id ? 'itself' : make('span', {}, make('code', {}, shown(first)), ` ${percent(probability(first.logprob))}`)));
}
