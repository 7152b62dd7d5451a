const name = 'decant.playground';
const fresh = { model: '', temperature: '', seed: '', maxTokens: '200', system: '', documents: '', prompt: '', compare: false, decodings: [{}, {}] };

const encode = value => btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value)))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const decode = text => JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), character => character.charCodeAt(0))));

function read(load) {
  try {
    return load();
  } catch {
    return null;
  }
}

/** What the page remembers: of a shared link, else of last time. The link is then gone from the address, so that a reload keeps what was changed. */
export const state = { ...fresh, ...read(() => JSON.parse(localStorage.getItem(name))), ...location.hash.startsWith('#s=') ? read(() => decode(location.hash.slice(3))) : null };
const isObject = value => value !== null && typeof value === 'object' && !Array.isArray(value);
if (!Array.isArray(state.decodings) || state.decodings.length !== 2 || !state.decodings.every(isObject)) state.decodings = fresh.decodings;
if (location.hash.startsWith('#s=')) history.replaceState(null, '', location.pathname + location.search);
addEventListener('hashchange', () => { if (location.hash.startsWith('#s=')) location.reload(); });

export const save = () => localStorage.setItem(name, JSON.stringify(state));

/** A link to this page with these options and this prompt. */
export const link = () => `${location.origin}${location.pathname}#s=${encode(state)}`;
