export const probability = logprob => Math.exp(Number(logprob));

/** A share for people. */
export const percent = p => p === 0 ? '0 %' : p < 1e-6 ? '≈ 0 %' : (p < 1e-3 ? (100 * p).toPrecision(1) : (100 * p).toFixed(p < 0.1 ? 2 : 1)) + ' %';

/** A number with as many digits as it takes to tell it from others. */
export const short = value => Number.isInteger(value) || Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString();

export const seconds = value => value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(2)} s`;

/** Seconds of a duration as .NET writes it, 00:00:01.5, or of a number of them. */
export function toSeconds(duration) {
  if (typeof duration !== 'string') return duration;
  const [hours, minutes, rest] = duration.split(':').map(Number);
  return (hours * 60 + minutes) * 60 + rest;
}

/** JSON. Seeds are 64-bit numbers, which JavaScript's are not: those stay as they are written. */
export const parse = json => JSON.parse(json, (_, value, context) => Number.isInteger(value) && !Number.isSafeInteger(value) ? context?.source ?? value : value);
