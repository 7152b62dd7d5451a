import { get, setKey } from './api.js';
import { createChat } from './chat.js';
import { make } from './dom.js';
import { watchLoad } from './load.js';
import { createPanels } from './panels.js';
import { link, save, state } from './store.js';

const find = id => document.getElementById(id);
const say = message => { find('status').textContent = message; };
let chat, panels, load;

/** Ties a control to what the page remembers. */
function remember(id, member) {
  const control = find(id);
  control.value = state[member];
  control.addEventListener('input', () => { state[member] = control.value; save(); });
}

function askForKey() {
  find('key').hidden = false;
  find('key-text').focus();
}

async function start() {
  try {
    const [schema, models] = await Promise.all([get('decant/schema'), get('v1/models')]);
    const ids = models.data.map(model => model.id);
    find('model').replaceChildren(...ids.map(id => make('option', {}, id)));
    if (!ids.includes(state.model)) state.model = ids[0] ?? '';
    find('model').value = state.model;
    panels = createPanels(find('strategies'), find('compare'), schema);
    chat = createChat(find('turns'), panels, askForKey);
    load ??= watchLoad(find('load-figures'), find('load-state'), () => state.model, askForKey);
    find('send').disabled = false;
    say('');
  } catch (error) {
    if (error.status === 401) askForKey();
    say(error.message);
  }
}

async function send() {
  const prompt = find('prompt').value;
  if (!chat || find('send').disabled || prompt.trim() === '' || !find('call').reportValidity() || !panels.reportValidity()) return;
  find('send').disabled = true;
  find('stop').hidden = false;
  say('Answering.');
  try {
    await chat.ask(prompt);
    say('The answer is there.');
    // The next message takes its place, or it is asked once more.
    if (document.activeElement === find('prompt')) find('prompt').select();
  } finally {
    find('send').disabled = false;
    find('stop').hidden = true;
  }
}

for (const [id, member] of [['model', 'model'], ['temperature', 'temperature'], ['seed', 'seed'], ['max-tokens', 'maxTokens'], ['system', 'system'], ['documents', 'documents'], ['prompt', 'prompt']]) remember(id, member);
for (const form of document.forms) form.addEventListener('submit', event => event.preventDefault());
find('composer').addEventListener('submit', send);
find('prompt').addEventListener('keydown', event => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  send();
});
find('stop').addEventListener('click', () => chat.stop());
find('clear').addEventListener('click', () => chat?.clear());
find('key').addEventListener('submit', () => {
  setKey(find('key-text').value);
  find('key').hidden = true;
  load?.resume();
  if (!chat) start();
});
find('share').addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(link());
    say('The link to these options and this prompt is copied.');
  } catch {
    history.replaceState(null, '', link());
    say('The link to these options and this prompt is in the address bar.');
  }
});
find('send').disabled = true;
start();
