import { fact, make, newId } from './dom.js';
import { percent, seconds, short, toSeconds } from './numbers.js';
import { createTokens, modes } from './tokens.js';

/** One answer: its text while it comes, then its tokens and what it cost. */
export function createAnswer(name, strategy) {
  const reasoning = make('div', { className: 'text reasoning', hidden: true });
  const text = make('div', { className: 'text' });
  const body = make('div', { className: 'body', ariaBusy: 'true' }, reasoning, text);
  const note = make('p', { className: 'note', role: 'status' }, 'waiting …');
  const figures = make('dl', { className: 'figures' });
  const warnings = make('ul', { className: 'warnings', hidden: true });
  const colour = make('select', { id: newId() }, ...Object.entries(modes).map(([mode, [label]]) => make('option', { value: mode }, label)));
  const colours = make('div', { className: 'colours', hidden: true }, make('label', { htmlFor: colour.id }, 'Colours show'), colour);
  const answer = {
    element: make('article', { className: 'answer', 'aria-label': name }, make('header', {}, make('h3', {}, name), make('code', {}, strategy)), note, body, colours, warnings, figures),
    text: '', trace: undefined, cost: undefined,

    add(choice) {
      note.hidden = true;
      answer.text += choice.delta?.content ?? '';
      reasoning.textContent += choice.delta?.reasoning_content ?? '';
      reasoning.hidden = reasoning.textContent === '';
      text.textContent = answer.text;
    },

    /** Several answers come one behind the other. */
    addTo(index, choice) {
      if (index > 0 && answer.index !== index) answer.text += '\n\n';
      answer.index = index;
      answer.add(choice);
    },

    /** What a search that is not over has found so far. */
    showBest(best) {
      note.textContent = `best so far, of ${best.texts} texts: ${best.text}`;
    },

    finish(decant, usage, took) {
      body.ariaBusy = 'false';
      note.hidden = true;
      const statistics = decant?.statistics;
      answer.trace = decant?.trace;
      answer.cost = costOf(statistics, usage, took);
      figures.replaceChildren(...factsOf(answer.cost).filter(each => each !== null));
      warnings.hidden = !decant?.warnings?.length;
      warnings.replaceChildren(...(decant?.warnings ?? []).map(warning => make('li', {}, warning)));
      answer.showTokens(-1);
    },

    /** Colours the tokens, with a mark where the text parts from another one. */
    showTokens(difference) {
      if (!answer.trace?.tokens.length) return;
      const tokens = createTokens(answer.trace, name, difference);
      body.replaceChildren(...tokens.elements);
      colours.hidden = false;
      colour.onchange = () => tokens.paint(colour.value);
      tokens.paint(colour.value);
    },

    fail(message) {
      body.ariaBusy = 'false';
      note.hidden = false;
      note.classList.add('fault');
      note.textContent = message;
    },

    stop() {
      body.ariaBusy = 'false';
      note.hidden = false;
      note.textContent = 'Stopped. An answer that is stopped comes without its trace.';
    },
  };
  return answer;
}

function costOf(statistics, usage, took) {
  const speculation = statistics?.speculation;
  return {
    took, first: statistics && toSeconds(statistics.prefill_duration), rate: statistics?.tokens_per_second,
    tokens: statistics?.output_token_count ?? usage?.completion_tokens, prompt: statistics?.prompt_token_count ?? usage?.prompt_tokens, cached: statistics?.cached_prompt_token_count,
    reasoning: statistics?.reasoning_token_count || undefined, forwards: statistics?.forward_pass_count,
    acceptance: speculation?.drafted ? speculation.accepted / speculation.drafted : undefined, perRound: speculation?.rounds ? speculation.mean_tokens : undefined,
    scored: statistics?.rewards?.scored, differing: statistics?.route?.differing, finish: statistics?.finish ?? undefined,
  };
}

const factsOf = cost => [
  fact('time', seconds(cost.took), 'From sending the question to the last of the answer'),
  fact('first token', cost.first === undefined ? null : seconds(cost.first), 'Of the model’s work: the prompt’s forwards'),
  fact('tokens', cost.tokens), fact('tokens/s', cost.rate === undefined ? null : short(cost.rate)),
  fact('forwards', cost.forwards, 'Passes over the model, of all branches and of models that draft'),
  fact('acceptance', cost.acceptance === undefined ? null : percent(cost.acceptance), 'Drafted tokens that became text'),
  fact('tokens/round', cost.perRound === undefined ? null : short(cost.perRound), 'What a forward that verifies a draft gave'),
  fact('scored', cost.scored, 'Texts that rewards scored'), fact('differing', cost.differing, 'Routed tokens of which two models thought differently'),
  fact('reasoning', cost.reasoning), fact('prompt', cost.prompt === undefined ? null : cost.cached ? `${cost.prompt} (${cost.cached} cached)` : cost.prompt), fact('ended by', cost.finish),
];
