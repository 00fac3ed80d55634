// SPDX-License-Identifier: MIT
// Pictures that did not go the whole way, or began elsewhere: each is where its line says, when it says so.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { close, launch, leave, open } from './browser.mjs';
import { makeData, makeRun } from './runs.mjs';

before(launch);
afterEach(leave);
after(close);

// [what it is, its line, [[milliseconds, state]...]]
const ENDINGS = [
  ['cancelled in the queue',
    { status: 'cancelled', stage: 'list', attempts: 0, ms: { at: 5, total: 10 } },
    [[4, 'coming'], [5, 'queued'], [14.999, 'queued'], [15, 'cancelled']]],
  ['cancelled while it was downloaded',
    { status: 'cancelled', stage: 'download', ms: { at: 0, queued: 1, dns: 1, download: 9, total: 10 }, lanes: { download: 0 } },
    [[0.5, 'queued'], [1, 'downloading'], [9.999, 'downloading'], [10, 'cancelled']]],
  ['cancelled while a worker was waited for',
    { status: 'cancelled', stage: 'hold', ms: { at: 0, queued: 0, download: 4, held: 6, total: 10 }, lanes: { download: 0 } },
    [[0, 'downloading'], [4, 'held'], [9, 'held'], [10, 'cancelled']]],
  ['cancelled so, and the wait is not told',
    { status: 'cancelled', stage: 'hold', ms: { at: 0, queued: 0, download: 4, total: 10 }, lanes: { download: 0 } },
    [[3, 'downloading'], [5, 'held'], [10, 'cancelled']]],
  ['failed in the worker',
    { status: 'failed', stage: 'process', error: { code: 'worker_crashed', message: 'the worker process died over this picture' },
      ms: { at: 0, queued: 1, download: 4, held: 1, process: 4, total: 10 }, lanes: { download: 0, worker: 1 } },
    [[5, 'held'], [6, 'processing'], [9.999, 'processing'], [10, 'failed']]],
  ['failed before anything began',
    { status: 'failed', stage: 'list', attempts: 0, error: { code: 'bad_url', message: 'not a usable URL' }, ms: { at: 3, total: 0 } },
    [[2, 'coming'], [3, 'failed']]],
  ['a file of this machine',
    { url: 'file:///home/me/cat.png', status: 'ok', attempts: 0, ms: { at: 0, queued: 2, held: 0, process: 5, decode: 1, write: 1, total: 8 },
      lanes: { worker: 0, write: 0 } },
    [[1, 'queued'], [2, 'processing'], [7, 'writing'], [8, 'ok']]],
  ['downloaded and not processed',
    { status: 'ok', ms: { at: 0, queued: 1, download: 5, wait: 4, held: 0, write: 2, total: 8 }, lanes: { download: 2, write: 0 },
      original: { path: 'original/a.jpg', bytes: 1000 }, type: 'jpeg' },
    [[1, 'downloading'], [6, 'writing'], [8, 'ok']]],
];

for (const [name, line, moments] of ENDINGS)
  test(name, async () => {
    const run = makeRun({ count: 0, limit: 4, workers: 2 });
    run.pictures = [{ url: 'https://pictures.example/cat.png', index: 1, attempts: 1, ...line }];
    const { page, seen } = await open(makeData([run]));
    for (const [ms, state] of moments) {
      const counts = await page.evaluate((at) => window.edgefetch.replay.countsAt(at), ms);
      for (const one of ['coming', 'queued', 'downloading', 'held', 'processing', 'writing', 'ok', 'failed', 'cancelled'])
        assert.equal(counts[one], one === state ? 1 : 0, one + ' at ' + ms + ' ms');
      await page.evaluate((at) => window.edgefetch.replay.show(at * 1000), ms);
      assert.match(await page.textContent('#sentence'), /\.$/);
    }
    assert.equal(await page.locator('#rows [role=option]').count(), 1);
    assert.equal(await page.locator('#pictures > li').count() + await page.locator('#reasons tbody tr').count(), 1);
    assert.match(await page.getAttribute('#row0', 'aria-label'), new RegExp('in all ' + line.ms.total.toFixed(3) + ' ms'));
    assert.deepEqual(seen, []);
  });
