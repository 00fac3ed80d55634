// SPDX-License-Identifier: MIT
// The page of a real run beside the trace and the manifest of the same run.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { close, edgefetch, folder, launch, leave, openFile } from './browser.mjs';

before(launch);
afterEach(leave);
after(close);

const [DOWNLOADS, WORKERS, WRITES] = [2, 3, 4];
const STEPS = ['name lookup', 'connect', 'TLS', 'wait', 'body', 'decode', 'detect', 'encode'];

test('demo: every picture, thumbnails, links, and counts that are those of the trace', async () => {
  const [report, trace, out] = ['demo.html', 'demo.json', 'out'].map((name) => join(folder, name));
  edgefetch('demo', '-q', '--latency', 0.1, '-l', 3, '-w', 2, '-o', out, '--report', report, '--trace', trace);
  const { page, seen } = await openFile(report);
  const slices = JSON.parse(readFileSync(trace, 'utf8')).filter((e) => e.ph === 'X' && !STEPS.includes(e.name));
  const of = (group) => slices.filter((e) => e.pid === group);
  assert.deepEqual([DOWNLOADS, WORKERS, WRITES].map((group) => of(group).length), [12, 12, 12]);

  // Both clocks began with the run, a moment apart: one picture tells how far.
  const first = of(DOWNLOADS)[0];
  const offset = first.ts - await page.evaluate((index) => window.edgefetch.model.runs[0].pictures
    .find(({ line }) => line.index === index).spans.find(({ state }) => state === 'downloading').from, first.args.index);
  const moments = [...new Set(slices.filter((e) => e.pid > 1).flatMap((e) => [e.ts - 1, e.ts, e.ts + e.dur - 1, e.ts + e.dur]))];
  const counts = await page.evaluate((times) => times.map((time) => window.edgefetch.replay.countsAt(time / 1000)),
    moments.map((moment) => moment - offset));
  const at = (group, moment) => of(group).filter((e) => e.ts <= moment && moment < e.ts + e.dur).length;
  moments.forEach((moment, i) => {
    const wanted = [DOWNLOADS, WORKERS, WRITES].map((group) => at(group, moment));
    assert.deepEqual([counts[i].downloading, counts[i].processing, counts[i].writing], wanted, 'at ' + moment);
    assert.ok(wanted[0] <= 3 && wanted[1] <= 2);
  });

  assert.equal(await page.locator('#pictures img').count(), 24);
  const links = await page.locator('#pictures a').evaluateAll((found) => found.map((link) => link.href));
  const files = links.filter((link) => link.startsWith('file:'));
  assert.equal(files.length, 24);
  for (const file of files) assert.ok(readFileSync(new URL(file)).length > 0);
  assert.deepEqual(seen, []);
});

test('report DIR: the same pictures, made from the manifest', async () => {
  const out = join(folder, 'again');
  edgefetch('demo', '-q', '--latency', 0, '-o', out);
  edgefetch('report', '-q', out);
  const { page, seen } = await openFile(join(out, 'report.html'));
  assert.match(await page.textContent('h1'), /12 pictures/);
  assert.match(await page.textContent('#verdict'), /from what the manifest says/);
  assert.equal(await page.locator('#pictures img').count(), 24);
  assert.deepEqual(seen, []);
});

test('bench --report: three runs on one axis', async () => {
  const report = join(folder, 'bench.html');
  edgefetch('bench', '-q', '--runs', 1, '--limits', 4, '--simulate', 'images=6,size=160x120,latency=0.02s', '--report', report);
  const { page, seen } = await openFile(report);
  const names = await page.evaluate(() => window.edgefetch.model.runs.map(({ name }) => name));
  assert.deepEqual(names.map((name) => name.split(',')[0]), ['sync', 'threads', 'async']);
  assert.equal(await page.locator('#comparison-table tbody tr').count(), 3);
  assert.deepEqual(seen, []);
});
