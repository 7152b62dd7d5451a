import { complete } from './api.js';
import { createAnswer } from './answer.js';
import { compare } from './comparison.js';
import { make } from './dom.js';
import { state } from './store.js';
import { nameOf } from './strategy-panel.js';

/** The conversation. Each side goes on from its own answers. */
export function createChat(turns, panels, onDenied) {
  const welcome = turns.firstElementChild;
  let said = [];
  let running = null;

  /** Asks every side in turn, so that neither slows the other. */
  async function ask(prompt) {
    running = new AbortController();
    const conversation = said;
    welcome.remove();
    const turn = { prompt, answers: [] };
    const sides = panels.sides();
    // Two strategies are compared on the same draws.
    const seed = state.seed === '' && sides.length > 1 ? String(crypto.getRandomValues(new Uint32Array(1))[0]) : state.seed;
    const answers = sides.map(side => createAnswer(sides.length > 1 ? panels.names[side] : 'Answer', nameOf(panels.panels[side].decoding)));
    const place = make('div', { className: sides.length > 1 ? 'answers two' : 'answers' }, ...answers.map(answer => answer.element));
    const element = make('div', { className: 'turn' }, make('div', { className: 'question' }, prompt), place);
    turns.append(element);
    turns.scrollTop = turns.scrollHeight;
    try {
      for (const [i, side] of sides.entries()) {
        await run(side, answers[i], prompt, seed);
        turn.answers[side] = answers[i].text;
      }
      conversation.push(turn);
      const told = answers.length > 1 ? compare(...answers, seed) : null;
      if (told) element.append(told);
    } finally {
      running = null;
    }
    turns.scrollTop = turns.scrollHeight;
  }

  async function run(side, answer, prompt, seed) {
    const panel = panels.panels[side];
    panel.showFault(null);
    const start = performance.now();
    let decant, usage;
    try {
      for await (const chunk of complete(request(side, prompt, seed), running.signal)) {
        const stick = turns.scrollHeight - turns.scrollTop - turns.clientHeight < 80;
        for (const choice of chunk.choices ?? []) answer.addTo(choice.index ?? 0, choice);
        if (chunk.decant?.best_so_far) answer.showBest(chunk.decant.best_so_far);
        else decant = chunk.decant ?? decant;
        usage = chunk.usage ?? usage;
        if (stick) turns.scrollTop = turns.scrollHeight;
      }
      answer.finish(decant, usage, (performance.now() - start) / 1000);
    } catch (error) {
      if (error.name === 'AbortError') {
        answer.stop();
        return;
      }
      answer.fail(error.message);
      if (error.status === 401) onDenied();
      if (error.status === 400) {
        panels.select(side);
        panel.showFault(error.message);
      }
    }
  }

  function request(side, prompt, seed) {
    const history = said.flatMap(turn => {
      const answer = turn.answers[side] ?? turn.answers[0];
      return answer ? [{ role: 'user', content: turn.prompt }, { role: 'assistant', content: answer }] : [];
    });
    const documents = state.documents.split(/\n\s*\n/).map(passage => passage.trim()).filter(passage => passage !== '').map(toDocument);
    return {
      model: state.model, messages: [...state.system.trim() ? [{ role: 'system', content: state.system }] : [], ...history, { role: 'user', content: prompt }],
      ...documents.length > 0 && { documents }, ...member('temperature', state.temperature), ...member('seed', seed), ...member('max_tokens', state.maxTokens),
      decoding: { ...panels.panels[side].decoding, trace: true },
    };
  }

  return {
    ask,
    stop: () => running?.abort(),
    clear() {
      running?.abort();
      said = [];
      turns.replaceChildren(welcome);
    },
  };
}

const member = (name, text) => text === '' ? {} : { [name]: Number(text) };

function toDocument(passage) {
  const [first, ...rest] = passage.split('\n');
  return first.startsWith('#') && rest.length > 0 ? { title: first.replace(/^#+\s*/, ''), text: rest.join('\n') } : { text: passage };
}
