// SPDX-License-Identifier: MIT
// Runs that never were, as edgefetch would have recorded them: the same ones every time.

import { deflateSync } from 'node:zlib';

// Numbers that look random; the same for the same seed.
export function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const NAMES = ['balloons', 'birches', 'bookshelf', 'bridge', 'circuit', 'city', 'clockwork', 'harbour', 'mountains',
  'staircase', 'station', 'window'];
const HOSTS = ['pictures.example', 'cdn.example.org', 'slow.example.net'];
const ms = (us) => us / 1000;

// A set of slots; the lowest that is free is taken.
class Slots {
  constructor(count) {
    this.free = Array(count).fill(0); // from when on
  }

  // Takes a slot as soon after `time` as there is one: [lane, from].
  take(time) {
    const lane = this.free.findIndex((free) => free <= time);
    if (lane >= 0) return [lane, time];
    const soonest = this.free.indexOf(Math.min(...this.free));
    return [soonest, this.free[soonest]];
  }
}

// One run of `count` URLs; times in it are whole microseconds, lines have milliseconds.
export function makeRun({ name = 'async', count = 12, limit = 4, workers = 2, seed = 1, failing = 0.1, retried = 0.2,
  stats = true, base = './', host = HOSTS } = {}) {
  const random = numbers(seed);
  const between = (from, to) => Math.floor(from + random() * (to - from));
  const downloads = new Slots(limit);
  const pool = new Slots(workers);
  const arrivals = [];
  for (let i = 0; i < count; i++) arrivals.push(download(i));
  arrivals.filter((one) => one.arrived !== undefined).sort((a, b) => a.arrived - b.arrived).forEach(process);
  const pictures = arrivals.map((one) => one.line);
  const total = Math.max(0, ...arrivals.map((one) => one.end));
  return {
    name, started: '2026-11-25T18:44:52.123Z', base, pictures,
    options: { mode: name, limit, per_host: limit, workers, detectors: ['neighbor'], format: 'png', retries: 3 },
    machine: { system: 'Linux 6.1 x86_64', cpu: 'AMD EPYC 7B13', cpus: 2, memory_bytes: 8 * 2 ** 30,
      libraries: 'libcurl/7.88.1 libuv/1.44.2' },
    stats: stats ? statsOf(pictures, total, limit, workers) : null,
  };

  function download(i) {
    const stem = NAMES[i % NAMES.length] + (count > NAMES.length ? '-' + (i + 1) : '');
    const at = i < 2000 ? i * 7 : i * 300;
    const line = {
      url: 'https://' + host[i % host.length] + '/' + stem + '.jpg', index: i + 1, status: 'ok', attempts: 1,
      http: { status: 200, version: '1.1', address: '192.0.2.7', type: 'image/jpeg' }, ms: { at: ms(at) }, lanes: {},
    };
    const tries = [];
    let ready = at;
    const bad = random() < failing;
    while (random() < retried && tries.length < 3) {
      const [lane, from] = downloads.take(ready);
      const length = between(2e4, 3e5);
      const wait = between(5e4, 5e5);
      downloads.free[lane] = from + length;
      tries.push({ code: 'http_5xx', http: 503, at: ms(from), ms: ms(length), wait: ms(wait), lane });
      ready = from + length + wait;
    }
    if (tries.length > 0) Object.assign(line, { tries, attempts: tries.length + 1 });
    const [lane, from] = downloads.take(ready);
    const parts = { dns: between(10, 5000), connect: between(300, 9000), tls: between(900, 20000),
      wait: between(80000, 900000), body: between(300, 300000) };
    if (lane !== undefined && i >= limit) delete parts.connect, delete parts.tls;
    let length = 0;
    for (const [key, part] of Object.entries(parts)) line.ms[key] = ms(part), length += part;
    length += between(10, 400);
    downloads.free[lane] = from + length;
    line.lanes.download = lane;
    line.ms.queued = ms(from - at);
    line.ms.download = ms(length);
    const one = { line, end: from + length };
    if (bad) {
      Object.assign(line, { status: 'failed', stage: 'download',
        error: i % 2 ? { code: 'http_4xx', message: 'the server says the request is at fault (HTTP 404)' }
          : { code: 'stall_timeout', message: 'not a byte for as long as --stall-timeout' } });
      line.http.status = i % 2 ? 404 : 200;
      line.ms.total = ms(one.end - at);
    } else {
      one.arrived = one.end;
    }
    return one;
  }

  function process(one) {
    const { line } = one;
    const parts = { decode: between(8000, 40000), detect: between(400, 9000), encode: between(1500, 30000) };
    const [worker, from] = pool.take(one.arrived + between(5, 60));
    const length = parts.decode + parts.detect + parts.encode + between(20, 3000);
    const write = between(400, 14000);
    pool.free[worker] = from + length;
    for (const [key, part] of Object.entries(parts)) line.ms[key] = ms(part);
    line.lanes.worker = worker;
    line.lanes.write = 0;
    Object.assign(line.ms, { held: ms(from - one.arrived), process: ms(length), write: ms(write) });
    one.end = from + length + write;
    line.ms.total = ms(one.end - Math.round(line.ms.at * 1000));
    const stem = line.url.replace(/.*\/|\.jpg$/g, '') + '-01d0d757';
    Object.assign(line, {
      original: { path: 'original/' + stem + '.jpg', bytes: between(2e5, 5e5) },
      edges: [{ detector: 'neighbor', threshold: 30, format: 'png', path: 'edges/' + stem + '.png',
        bytes: between(5e4, 1.5e5), density: 0.15 }],
      width: 1920, height: 1080, type: 'jpeg',
    });
  }
}

function statsOf(pictures, total, limit, workers) {
  const count = (status) => pictures.filter((line) => line.status === status).length;
  const sum = (value) => pictures.reduce((all, line) => all + (value(line) || 0), 0);
  return {
    distinct: pictures.length, ok: count('ok'), failed: count('failed'), skipped: 0, cancelled: count('cancelled'),
    duplicates: 0, retries: sum((line) => (line.tries || []).length),
    bytes_in: sum((line) => line.original && line.original.bytes),
    bytes_out: sum((line) => line.edges && line.edges[0].bytes), pixels: sum((line) => line.width * line.height),
    peak_bytes_held: 1900000, total_s: total / 1e6, limit, workers,
    download: { count: pictures.length, peak: Math.min(limit, pictures.length), busy_s: total * 0.96 / 1e6 },
    process: { count: count('ok'), peak: Math.min(workers, count('ok')), busy_s: total * 0.11 / 1e6 },
    main_cpu_s: 0.11, worker_cpu_s: 0.42, verdict: 'network-bound',
    advice: 'on average 3.8 of 4 downloads were in flight and 0.2 of 2 workers busy; a higher --limit would download more at a time',
  };
}

// A PNG of 64 by 36 pixels whose gray is `shade(x, y)`: small, and something to see.
function png(shade) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const whole = Buffer.alloc(body.length + 8);
    whole.writeUInt32BE(data.length);
    body.copy(whole, 4);
    whole.writeUInt32BE(crc(body), body.length + 4);
    return whole;
  };
  const head = Buffer.from([0, 0, 0, 64, 0, 0, 0, 36, 8, 0, 0, 0, 0]);
  const rows = Array.from({ length: 36 }, (_, y) => [0, ...Array.from({ length: 64 }, (__, x) => shade(x, y))]);
  return 'data:image/png;base64,' + Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()))), chunk('IEND', Buffer.alloc(0))]).toString('base64');
}

function crc(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return ~sum >>> 0;
}

const hill = (x, y) => y - 12 - 8 * Math.sin(x / 9);
export const THUMBNAIL = {
  original: png((x, y) => hill(x, y) > 0 ? 90 - y : 235 - 2 * y),
  edges: png((x, y) => Math.abs(hill(x, y)) < 1 ? 255 : 0),
};

export function makeData(runs, more = {}) {
  const thumbnails = {};
  runs.forEach((run, number) => run.pictures.slice(0, 24).forEach((line) => {
    if (line.status === 'ok' && number === 0) thumbnails[line.url] = THUMBNAIL;
  }));
  return { edgefetch: '0.1.0', generated: '2026-11-25T19:00:00Z', title: 'data', runs, thumbnails, left_out: 0, ...more };
}
