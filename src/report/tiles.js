// SPDX-License-Identifier: MIT
// The run in figures: its tiles, the runs beside each other, and what it was run with.

function showTiles(run) {
  const summary = Summary.of(run);
  const share = (stage) => Format.percent(stage.busy, summary.wall) + ' of the time';
  const tile = (name, value, note, kind) => element('div', { class: kind && 'tile ' + kind || 'tile' },
    element('dt', {}, name), element('dd', {}, element('span', { class: 'value' }, value),
      note ? element('span', { class: 'note' }, note) : null));
  const perSecond = (amount) => summary.wall > 0 ? amount / (summary.wall / 1e6) : 0;
  byId('tiles').replaceChildren(
    tile('done', Format.count(summary.ok), summary.skipped ? Format.count(summary.skipped) + ' before' : ''),
    tile('failed', Format.count(summary.failed), summary.cancelled ? Format.count(summary.cancelled) + ' cancelled' : '',
      summary.failed ? 'bad' : ''),
    tile('total time', Format.time(summary.wall), summary.ended ? '' : 'as far as known'),
    tile('pictures a second', Format.figures(perSecond(summary.ok)), Format.figures(perSecond(summary.pixels) / 1e6) + ' megapixels/s'),
    tile('in', Format.bytes(summary.bytesIn), Format.bytes(Math.round(perSecond(summary.bytesIn))) + '/s'),
    tile('out', Format.bytes(summary.bytesOut)),
    tile('downloading', Format.time(summary.download.busy), share(summary.download)),
    tile('processing', Format.time(summary.process.busy), share(summary.process)),
    tile('most at once', Format.count(summary.download.most), 'of ' + Format.counted(run.limit, 'download')),
    tile('most held', Format.bytes(summary.heldMost)),
    tile('retries', Format.count(summary.retries), summary.duplicates ? Format.counted(summary.duplicates, 'duplicate') : ''),
    summary.cpu ? tile('processor', Format.time(summary.cpu.main + summary.cpu.workers), Format.time(summary.cpu.workers) + ' in workers')
      : tile('processor', '\u2013', 'not known'));
}

function showComparison(runs) {
  byId('comparison').hidden = runs.length < 2;
  if (runs.length < 2) return;
  const slowest = Math.max(...runs.map((run) => Summary.of(run).wall));
  const row = (run) => {
    const { wall, ok, download, process, cpu } = Summary.of(run);
    const bar = element('span', { class: 'length run' + run.number % 4, 'aria-hidden': 'true' });
    bar.style.width = (slowest > 0 ? 100 * wall / slowest : 0) + '%';
    return element('tr', {},
      element('th', { scope: 'row' }, run.name),
      element('td', { class: 'lengths' }, bar),
      ...[
        Format.time(wall), wall > 0 ? (slowest / wall).toFixed(1) : '\u2013', Format.count(ok),
        download.mean.toFixed(1), process.mean.toFixed(1), Format.count(download.most),
        cpu ? Format.time(cpu.main + cpu.workers) : '\u2013',
      ].map((text) => element('td', { class: 'number' }, text)));
  };
  const heads = ['total time', 'times as fast', 'done', 'downloads at once', 'workers busy', 'most at once', 'processor'];
  byId('comparison-table').replaceChildren(element('table', {},
    element('caption', { class: 'hidden' }, 'The runs beside each other'),
    element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'run'),
      element('td', {}),
      heads.map((head) => element('th', { scope: 'col', class: 'number' }, head)))),
    element('tbody', {}, runs.map(row))));
}

function showDetails(data, run) {
  const said = (value) => Array.isArray(value) ? value.map(said).join(', ') : value !== null && typeof value === 'object'
    ? JSON.stringify(value) : value === true ? 'yes' : value === false ? 'no' : String(value);
  const { memory_bytes: memory, ...machine } = run.machine || {};
  const facts = [
    ['run', { started: Clock.started(run), ...(run.stats || run.from_manifest ? {} : { ended: 'no' }) }],
    ['edgefetch', { version: data.edgefetch, 'page made': data.generated }],
    ['machine', { ...machine, ...(memory ? { memory: Format.bytes(memory) } : {}) }],
    ['options', run.options],
  ];
  byId('details-table').replaceChildren(element('table', {},
    element('caption', {}, 'What ' + run.name + ' was run with'),
    facts.map(([group, entries]) => element('tbody', {},
      element('tr', {}, element('th', { scope: 'rowgroup', colspan: 2 }, group)),
      Object.entries(entries).filter(([, value]) => value !== undefined && value !== null).map(([key, value]) =>
        element('tr', {}, element('th', { scope: 'row' }, foreign(key.replaceAll('_', ' '))),
          element('td', {}, foreign(said(value)))))))));
}
