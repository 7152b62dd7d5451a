import { parse } from './numbers.js';

const base = new URL('..', import.meta.url);
const keyName = 'decant.key';

/** What the server said in place of an answer. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export const setKey = key => sessionStorage.setItem(keyName, key);

async function send(path, body, signal) {
  const key = sessionStorage.getItem(keyName);
  const response = await fetch(new URL(path, base), {
    method: body ? 'POST' : 'GET', signal, body: body && JSON.stringify(body),
    headers: { ...body && { 'Content-Type': 'application/json' }, ...key && { Authorization: `Bearer ${key}` } },
  });
  if (response.ok) return response;
  const text = await response.text();
  throw new ApiError(response.status, messageOf(text) ?? `The server answered ${response.status} ${response.statusText}.`);
}

function messageOf(text) {
  try {
    const answer = JSON.parse(text);
    return answer.error?.message ?? answer.detail ?? answer.title;
  } catch {
    return undefined;
  }
}

export const get = async path => parse(await (await send(path)).text());

/** The chunks of a streamed chat completion. */
export async function* complete(body, signal) {
  const response = await send('v1/chat/completions', { ...body, stream: true, stream_options: { include_usage: true } }, signal);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    buffer += value;
    const events = buffer.split(/\r?\n\r?\n/);
    buffer = events.pop();
    for (const event of events) {
      const data = event.split(/\r?\n/).filter(line => line.startsWith('data:')).map(line => line.slice(5).trimStart()).join('\n');
      if (data === '' || data === '[DONE]') continue;
      const chunk = parse(data);
      if (chunk.error) throw new ApiError(0, chunk.error.message);
      yield chunk;
    }
  }
}
