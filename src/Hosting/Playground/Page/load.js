import { get } from './api.js';
import { fact } from './dom.js';
import { percent, short } from './numbers.js';
import { sparkline } from './sparkline.js';

const every = 1000, kept = 60;

// What is shown of two snapshots, the later one first, and the seconds between them; undefined where nothing happened.
const figures = {
  'running calls': now => now.running_calls,
  'waiting calls': now => now.queued_calls,
  'batch size': (now, then) => ratio(now.step_requests - then.step_requests, now.steps - then.steps),
  'tokens/s': (now, then, passed) => (now.output_tokens - then.output_tokens) / passed,
  acceptance: (now, then) => ratio(now.accepted_draft_tokens - then.accepted_draft_tokens, now.drafted_tokens - then.drafted_tokens),
  'tokens in memory': now => now.kv_tokens_in_use,
};
const ratio = (part, whole) => whole > 0 ? part / whole : undefined;

/** Asks for a model's load every second while the page is to be seen. */
export function watchLoad(list, note, model, onDenied) {
  let series, last, watched;
  let stopped = false;
  const reset = () => { series = Object.fromEntries(Object.keys(figures).map(name => [name, []])); last = undefined; };
  reset();

  async function look() {
    if (document.hidden || stopped) return;
    if (watched !== model()) reset();
    watched = model();
    const load = (await get('decant/load'))[watched];
    const now = { at: performance.now(), load };
    if (!load) {
      note.textContent = 'This model is loaded when it is first asked.';
      list.replaceChildren();
    } else if (last) {
      for (const [name, read] of Object.entries(figures)) series[name] = [...series[name], read(load, last.load, (now.at - last.at) / 1000)].slice(-kept);
      note.textContent = `${short(load.finished_calls)} calls ended${load.refused_calls ? `, ${short(load.refused_calls)} refused` : ''}`;
      list.replaceChildren(...Object.entries(series).map(([name, values]) => row(name, values, load)));
    }
    last = load && now;
  }

  async function poll() {
    try {
      await look();
    } catch (error) {
      note.textContent = error.status ? error.message : 'The server does not answer.';
      if (error.status === 401) {
        stopped = true;
        onDenied();
      }
    }
    setTimeout(poll, every);
  }

  poll();
  return { resume: () => { stopped = false; } };
}

function row(name, values, load) {
  // A quiet second says nothing of shares and sizes: the last one that did is what is shown.
  const value = values.findLast(each => each !== undefined);
  const most = name === 'tokens in memory' ? load.kv_token_budget ?? undefined : name === 'acceptance' ? 1 : undefined;
  const text = value === undefined ? '–' : name === 'acceptance' ? percent(value) : name === 'tokens in memory' && most ? `${short(value)} of ${short(most)}` : short(value);
  const element = fact(name, text);
  element.append(sparkline(values, most, `${name}, last minute`));
  return element;
}
