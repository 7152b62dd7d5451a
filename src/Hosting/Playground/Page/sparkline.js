const width = 120, height = 24;

function svg(tag, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** A small curve of up to 60 values, gaps where they are undefined. */
export function sparkline(values, most, label) {
  const top = most ?? Math.max(1e-9, ...values.filter(value => value !== undefined));
  const point = (value, i) => `${(i * width / 59).toFixed(1)},${(height - 2 - (height - 4) * Math.min(1, value / top)).toFixed(1)}`;
  let path = '';
  const from = 60 - values.length;
  values.forEach((value, i) => {
    if (value !== undefined) path += (values[i - 1] === undefined ? 'M' : 'L') + point(value, from + i);
  });
  const element = svg('svg', { viewBox: `0 0 ${width} ${height}`, class: 'sparkline', role: 'img', 'aria-label': label, preserveAspectRatio: 'none' });
  element.append(svg('path', { class: 'ground', d: `M0,${height - 1}H${width}` }), svg('path', { class: 'curve', d: path }));
  return element;
}
