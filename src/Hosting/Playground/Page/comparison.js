import { make } from './dom.js';
import { seconds, short } from './numbers.js';
import { difference, pieces } from './trace.js';

/** What tells two answers apart; marks in both where their texts part. */
export function compare(a, b, seed) {
  if (!a.cost || !b.cost) return null;
  const lines = [texts(a, b), times(a.cost, b.cost), count('tokens', a.cost.tokens, b.cost.tokens), count('forwards', a.cost.forwards, b.cost.forwards), `Both drew with the seed ${seed}.`];
  return make('div', { className: 'comparison' }, make('h3', {}, 'A and B'), make('ul', {}, ...lines.filter(Boolean).map(line => make('li', {}, line))));
}

function texts(a, b) {
  if (a.text === b.text) return 'The texts are the same.';
  if (!a.trace || !b.trace) return 'The texts differ.';
  const at = difference(a.trace, b.trace);
  a.showTokens(at);
  b.showTokens(at);
  const [inA, inB] = [a, b].map(answer => pieces(answer.trace.tokens)[at]);
  return `The texts part at token ${at + 1}: ${inA === undefined ? 'A has ended' : `A goes on with “${inA}”`}, ${inB === undefined ? 'B has ended' : `B with “${inB}”`}.`;
}

function times(a, b) {
  const ratio = a.took / b.took;
  return `A took ${seconds(a.took)}, B ${seconds(b.took)}: ${ratio >= 1 ? `B is ${short(ratio)}× as fast` : `A is ${short(1 / ratio)}× as fast`}.`;
}

function count(what, a, b) {
  if (a === undefined || b === undefined) return null;
  return a === b ? `Both took ${a} ${what}.` : `A took ${a} ${what}, B ${b}.`;
}
