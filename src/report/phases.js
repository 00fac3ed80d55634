// SPDX-License-Identifier: MIT
// The parts of a picture's time: in which order, under which names, and of what they are part.

const PHASES = [
  { key: 'queued', name: 'queued', tells: 'on the list, waiting for a download slot' },
  { key: 'try', name: 'earlier attempt', tells: 'a download that failed and was tried again' },
  { key: 'pause', name: 'pause before a retry', tells: 'waiting until the next attempt may begin' },
  { key: 'dns', name: 'name lookup', tells: 'asking for the host\u2019s address', within: 'download' },
  { key: 'connect', name: 'connect', tells: 'opening the connection', within: 'download' },
  { key: 'tls', name: 'TLS', tells: 'agreeing on the encryption', within: 'download' },
  { key: 'wait', name: 'server\u2019s answer', tells: 'asked, waiting for the first byte', within: 'download' },
  { key: 'body', name: 'body', tells: 'the bytes are coming', within: 'download' },
  { key: 'download', name: 'rest of the download', tells: 'what no other part of the download accounts for' },
  { key: 'held', name: 'held', tells: 'arrived, waiting for a worker' },
  { key: 'decode', name: 'decode', tells: 'making pixels of the bytes', within: 'process' },
  { key: 'detect', name: 'find edges', tells: 'the edge detector', within: 'process' },
  { key: 'encode', name: 'encode', tells: 'making a file of the edges', within: 'process' },
  { key: 'process', name: 'hand-over', tells: 'to the worker and back' },
  { key: 'write', name: 'write', tells: 'files get their contents and names' },
];

const PHASE_NAMES = Object.fromEntries(PHASES.map(({ key, name }) => [key, name]));

// A picture's times under their names, as the manifest tells them: [{key, name, text, within}].
function timesOf({ line, at }) {
  const ms = line.ms || {};
  const order = ['at', 'queued', 'download', 'dns', 'connect', 'tls', 'wait', 'body', 'held', 'process', 'decode',
    'detect', 'encode', 'write', 'total'];
  const names = { ...PHASE_NAMES, at: 'listed at', download: 'download', process: 'worker', total: 'in all' };
  const within = Object.fromEntries(PHASES.map((phase) => [phase.key, phase.within]));
  return order.filter((key) => Model.us(ms[key]) !== undefined).map((key) => ({
    key, name: names[key], text: Format.exact(key === 'at' ? at : Model.us(ms[key])), within: within[key],
  }));
}

const OUTCOMES = { ok: 'done', failed: 'failed', cancelled: 'cancelled' };

function outcomeOf(picture) {
  return OUTCOMES[picture.outcome] || Format.shown(picture.outcome);
}
