export const visible = text => text === '' ? '∅' : text.replaceAll(' ', '␣').replaceAll('\n', '⏎').replaceAll('\t', '⇥');
export const shown = token => token.text === undefined ? '#' + token.id : visible(token.text);
export const processed = token => token.stages[token.stages.length - 2] ?? token.stages[0];

/** Where a token came from, in words. */
export function origin(token) {
  if (token.source === 'draft') return `drafted by ${token.drafter}`;
  return { target: 'the model’s own', search: 'chosen by the search', forced: 'the only one allowed' }[token.source] ?? token.source;
}

/** What each token adds to the text: bytes that wait for the rest of their character add nothing yet. */
export function pieces(tokens) {
  const decoder = new TextDecoder(), encoder = new TextEncoder();
  return tokens.map(token => {
    if (token.text === undefined) return `#${token.id} `;
    const bytes = token.text.split(/(\\x[0-9A-F]{2})/).flatMap(part => /^\\x[0-9A-F]{2}$/.test(part) ? [parseInt(part.slice(2), 16)] : [...encoder.encode(part)]);
    return decoder.decode(Uint8Array.from(bytes), { stream: true });
  });
}

/** Where the texts of two traces part: the index of the first token that differs, or -1. */
export function difference(a, b) {
  const length = Math.max(a.tokens.length, b.tokens.length);
  for (let i = 0; i < length; i++) if (a.tokens[i]?.id !== b.tokens[i]?.id) return i;
  return -1;
}
