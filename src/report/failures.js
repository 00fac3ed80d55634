// SPDX-License-Identifier: MIT
// What did not come, by reason.

function showFailures(run) {
  const groups = new Map();
  for (const picture of run.pictures) {
    if (picture.outcome === 'ok') continue;
    const code = (picture.line.error || {}).code || picture.outcome;
    if (!groups.has(code)) groups.set(code, []);
    groups.get(code).push(picture);
  }
  const sorted = [...groups].sort((a, b) => b[1].length - a[1].length);
  byId('failures-empty').hidden = sorted.length > 0;
  byId('reasons').replaceChildren(...sorted.map(([code, pictures]) =>
    element('details', { open: sorted.length <= 3 && pictures.length <= 20 },
      element('summary', {}, element('span', { class: 'count' }, Format.count(pictures.length)), ' ', foreign(code)),
      failureTable(code, pictures).element)));
}

function failureTable(code, pictures) {
  const text = (name, value) => ({ name, value, cell: (row) => foreign(value(row)) });
  const number = (name, value) => ({ name, value, number: true, cell: (row) => String(value(row) ?? '\u2013') });
  return new Table({
    caption: 'Pictures that ended with ' + Format.shown(code),
    columns: [
      { name: 'URL', value: ({ line }) => line.url,
        cell: ({ line }) => Links.element(Links.web(line.url), line.url) },
      text('message', ({ line }) => (line.error || {}).message || ''),
      text('while', ({ line }) => ({ list: 'queued', hold: 'held' })[line.stage] || line.stage || ''),
      number('HTTP', ({ line }) => (line.http || {}).status),
      number('attempts', (picture) => picture.attempts),
      { name: 'time', number: true, value: (picture) => picture.end - picture.at,
        cell: (picture) => Format.time(picture.end - picture.at) },
    ],
    rows: pictures, rowsAtOnce: 20,
  });
}
