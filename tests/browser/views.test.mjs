// SPDX-License-Identifier: MIT
// Every picture is once in each view, and the times are the record's.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { close, launch, leave, open } from './browser.mjs';
import { makeData, makeRun } from './runs.mjs';

before(launch);
afterEach(leave);
after(close);

const run = makeRun({ count: 40, seed: 61, failing: 0.3, retried: 0.3 });
const name = (line) => line.url.replace(/.*\//, '');
const names = (status) => run.pictures.filter((line) => !status || line.status === status).map(name).sort();

test('timeline: a row for each picture, in the order of the list', async () => {
  const { page } = await open(makeData([run]));
  assert.deepEqual(await page.$$eval('#rows .label bdi', (all) => all.map((label) => label.textContent)), run.pictures.map(name));
});

test('replay: at its end every picture is among the done or the failed', async () => {
  const { page } = await open(makeData([run]));
  await page.evaluate(() => window.edgefetch.replay.show(Infinity));
  const cards = (box) => page.$$eval(box + ' .card', (all) => all.map((card) => card.title).sort());
  assert.deepEqual(await cards('#box-done'), names('ok'));
  assert.deepEqual(await cards('#box-failed'), names('failed'));
  assert.equal(await page.locator('#replay .card').count(), run.pictures.length);
});

test('gallery and failures: together every picture, once', async () => {
  const { page } = await open(makeData([run]));
  const shown = [];
  for (;;) {
    shown.push(...await page.$$eval('#pictures figcaption strong', (all) => all.map((title) => title.textContent)));
    const next = page.getByRole('button', { name: 'Next pictures' });
    if (await next.getAttribute('aria-disabled') === 'true') break;
    await next.click();
  }
  assert.deepEqual(shown.sort(), names('ok'));
  const failed = await page.$$eval('#reasons tbody td:first-child', (all) => all.map((cell) => cell.textContent));
  assert.deepEqual(failed.map((url) => name({ url })).sort(), names('failed'));
});

test('every time of the record is told, as it is, in the row and in its details', async () => {
  const { page } = await open(makeData([run]));
  await page.focus('#rows');
  await page.keyboard.press('Home');
  for (const [place, line] of run.pictures.entries()) {
    await page.waitForFunction((wanted) => !document.querySelector('#tip').hidden &&
      document.querySelector('#tip .name').textContent === wanted, name(line));
    const row = await page.getAttribute('#row' + place, 'aria-label');
    const tip = await page.textContent('#tip');
    for (const [part, ms] of Object.entries(line.ms)) {
      const text = ms.toFixed(3) + ' ms';
      assert.ok(row.includes(text) && tip.includes(text), part + ' ' + text + ' of ' + line.url + '\n' + row + '\n' + tip);
    }
    for (const attempt of line.tries || []) assert.ok(tip.includes(attempt.ms.toFixed(3) + ' ms'), tip);
    if (line.error) assert.ok(tip.includes(line.error.message));
    await page.keyboard.press('ArrowDown');
  }
});

test('the bars of a row stand where the times are', async () => {
  const { page } = await open(makeData([run]));
  const end = Math.max(...run.pictures.map((line) => line.ms.at + line.ms.total));
  for (const [place, line] of run.pictures.entries()) {
    const bars = await page.$$eval('#row' + place + ' i', (all) => all.map((bar) => ({
      kind: bar.className, from: parseFloat(bar.style.left), width: parseFloat(bar.style.width) })));
    const wait = bars.find((bar) => bar.kind === 'wait');
    const { at, queued, dns, connect = 0, tls = 0 } = line.ms;
    const close = (a, b) => assert.ok(Math.abs(a - b) < 0.001, a + ' is not ' + b + ' in ' + line.url);
    close(wait.from, 100 * (at + queued + dns + connect + tls) / end);
    close(wait.width, 100 * line.ms.wait / end);
    assert.equal(bars.filter((bar) => bar.kind === 'try').length, (line.tries || []).length);
    const last = bars[bars.length - 1];
    close(last.from + last.width, 100 * (at + line.ms.total) / end);
  }
});

test('several runs share one axis, each with all its rows', async () => {
  const runs = ['sync', 'threads', 'async'].map((mode, i) =>
    makeRun({ name: mode, limit: i === 0 ? 1 : 4, seed: 70 + i, failing: 0, retried: 0 }));
  const { page } = await open(makeData(runs));
  assert.deepEqual(await page.$$eval('.row.run .label', (all) => all.map((label) => label.textContent)), ['sync', 'threads', 'async']);
  assert.equal(await page.locator('#rows [role=option]').count(), 36);
  const ends = runs.map((one) => Math.max(...one.pictures.map((line) => line.ms.at + line.ms.total)));
  const rights = await page.$$eval('#rows [role=option]', (rows) => rows.map((row) => {
    const bar = row.querySelector('i:last-child');
    return parseFloat(bar.style.left) + parseFloat(bar.style.width);
  }));
  runs.forEach((one, i) => {
    const right = Math.max(...rights.slice(i * 12, i * 12 + 12));
    assert.ok(Math.abs(right - 100 * ends[i] / Math.max(...ends)) < 0.001, one.name + ' ends at ' + right);
  });
  assert.deepEqual(await page.$$eval('#comparison tbody th', (all) => all.map((head) => head.textContent)), ['sync', 'threads', 'async']);
});

test('hosts: counts, bytes and times by server', async () => {
  const { page } = await open(makeData([run]));
  const rows = await page.$$eval('#hosts tbody tr', (all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
  assert.equal(rows.length, 3);
  for (const [host, ok, failed, bytes, mean, longest, , , retries] of rows) {
    const lines = run.pictures.filter((line) => new URL(line.url).host === host);
    const waits = lines.map((line) => line.ms.wait);
    const sum = (all) => all.reduce((a, b) => a + b, 0);
    assert.equal(Number(ok), lines.filter((line) => line.status === 'ok').length);
    assert.equal(Number(failed), lines.filter((line) => line.status === 'failed').length);
    assert.equal(bytes, (sum(lines.map((line) => (line.original || { bytes: 0 }).bytes)) / 2 ** 20).toFixed(2) + '\u00a0MiB');
    assert.equal(mean, (sum(waits) / waits.length).toFixed(0) + ' ms');
    assert.equal(longest, Math.max(...waits).toFixed(0) + ' ms');
    assert.equal(Number(retries), sum(lines.map((line) => (line.tries || []).length)));
  }
});

test('details: options, machine and versions', async () => {
  const { page } = await open(makeData([run]));
  const text = (await page.innerText('#details-table')).replace(/\s+/g, ' ');
  for (const fact of ['per host 4', 'detectors neighbor', 'cpu AMD EPYC 7B13', 'memory 8.00 GiB', 'libcurl/7.88.1',
    'version 0.1.0', 'started 2026-11-25T18:44:52.123Z'])
    assert.ok(text.includes(fact), fact + ' is not in ' + text);
});
