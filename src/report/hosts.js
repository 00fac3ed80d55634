// SPDX-License-Identifier: MIT
// The servers that were asked: how many pictures each had, and how long it took to answer.

function hostsOf(run) {
  const hosts = new Map();
  for (const picture of run.pictures) {
    const name = Format.hostOf(picture.line.url);
    if (!hosts.has(name))
      hosts.set(name, { name, ok: 0, failed: 0, bytes: 0, retries: 0, paused: 0, wait: new Spread(), body: new Spread() });
    const host = hosts.get(name);
    const ms = picture.line.ms || {};
    host[picture.outcome === 'ok' ? 'ok' : 'failed']++;
    host.bytes += (picture.line.original || {}).bytes || 0;
    host.retries += picture.tries.length;
    host.paused += picture.spans.reduce((sum, span) => span.pause ? sum + span.to - span.from : sum, 0);
    host.wait.add(Model.us(ms.wait));
    host.body.add(Model.us(ms.body));
  }
  return [...hosts.values()];
}

// Mean and maximum of what is known.
class Spread {
  constructor() {
    Object.assign(this, { count: 0, sum: 0, most: 0 });
  }

  add(value) {
    if (value === undefined) return;
    this.count++;
    this.sum += value;
    this.most = Math.max(this.most, value);
  }

  get mean() {
    return this.count > 0 ? this.sum / this.count : undefined;
  }
}

function showHosts(run) {
  const hosts = hostsOf(run);
  const number = (name, value) => ({ name, value, number: true, cell: (host) => Format.count(value(host)) });
  const time = (name, value) => ({
    name, value, number: true,
    cell: (host) => value(host) === undefined ? '\u2013' : Format.time(value(host)),
  });
  byId('hosts-table').replaceChildren(new Table({
    caption: 'Servers and how long they took',
    columns: [
      { name: 'host', value: (host) => host.name, cell: (host) => foreign(host.name) },
      number('done', (host) => host.ok), number('not done', (host) => host.failed),
      { name: 'bytes', number: true, value: (host) => host.bytes, cell: (host) => Format.bytes(host.bytes) },
      time('mean answer', (host) => host.wait.mean), time('longest answer', (host) => host.wait.count ? host.wait.most : undefined),
      time('mean body', (host) => host.body.mean), time('longest body', (host) => host.body.count ? host.body.most : undefined),
      number('retries', (host) => host.retries), time('pauses', (host) => host.paused),
    ],
    rows: hosts, sort: 1, down: true, rowsAtOnce: 25,
  }).element);
}
