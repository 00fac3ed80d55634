// SPDX-License-Identifier: MIT
// The page opens from a disk, whatever the data, and asks for nothing.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { close, launch, leave, open } from './browser.mjs';
import { makeData, makeRun } from './runs.mjs';

before(launch);
afterEach(leave);
after(close);

const SORTS = {
  'a run with retries and failures': makeData([makeRun({ count: 30, seed: 3, failing: 0.3, retried: 0.4 })]),
  'three runs': makeData(['sync', 'threads', 'async'].map((name) => makeRun({ name, limit: name === 'sync' ? 1 : 4 }))),
  'a run that did not end': makeData([makeRun({ stats: false })]),
  'a run without pictures': makeData([makeRun({ count: 0 })]),
  'a run of one failure': makeData([makeRun({ count: 1, failing: 1, retried: 0 })]),
  'no run': makeData([]),
};

for (const [name, data] of Object.entries(SORTS)) {
  test(name + ' loads from file:// without a message or a request', async () => {
    const { page, seen } = await open(data);
    assert.notEqual(await page.textContent('h1'), '');
    assert.deepEqual(seen, []);
  });
}

test('a run that did not end says so and is reckoned from its pictures', async () => {
  const run = makeRun({ stats: false, failing: 0.3, seed: 8 });
  const { page } = await open(makeData([run]));
  const done = run.pictures.filter((line) => line.status === 'ok');
  assert.match(await page.textContent('#verdict'), /did not end properly/);
  assert.match(await page.textContent('h1'), new RegExp(done.length + ' pictures'));
  const total = Math.max(...run.pictures.map((line) => line.ms.at + line.ms.total)) / 1000;
  assert.ok((await page.textContent('#tiles')).includes(total.toFixed(2) + ' s'), await page.textContent('#tiles'));
});

test('the figures are those the run has told', async () => {
  const run = makeRun({ count: 1000, seed: 2 });
  const { page } = await open(makeData([run]));
  const tiles = await page.evaluate(() => Object.fromEntries([...document.querySelectorAll('.tile')].map((tile) =>
    [tile.querySelector('dt').textContent, tile.querySelector('.value').textContent])));
  assert.equal(tiles.done, String(run.stats.ok));
  assert.equal(tiles.failed, String(run.stats.failed));
  assert.equal(tiles.retries, String(run.stats.retries));
  assert.equal(tiles['most at once'], String(run.stats.download.peak));
  assert.match(await page.textContent('#verdict'), /a higher --limit would download more/);
});

test('pictures that were left out are told of', async () => {
  const { page } = await open(makeData([makeRun()], { left_out: 90000 }));
  assert.match(await page.textContent('#left-out'), /90,000 pictures/);
});

test('moments since the epoch are shown since the first', async () => {
  const run = makeRun({ count: 20, seed: 9, retried: 0.5 });
  const replay = () => window.edgefetch.model.runs[0].pictures.map(({ at, end, spans, parts }) => [at, end,
    spans.map(({ state, from, to, lane }) => [state, from, to, lane]), parts]);
  const plain = await (await open(makeData([run]))).page.evaluate(replay);
  const later = structuredClone(run);
  for (const line of later.pictures)
    for (const moment of [line.ms, ...line.tries || []]) moment.at = Math.round((moment.at + 1795632292123.456) * 1000) / 1000;
  const { page } = await open(makeData([later]));
  assert.deepEqual(await page.evaluate(replay), plain);
  assert.match(await page.getAttribute('#row1', 'aria-label'), /listed at 0\.007 ms/);
});

test('a record without the newer times is shown, and called reckoned', async () => {
  const run = makeRun({ seed: 5, failing: 0, retried: 0 });
  for (const line of run.pictures) {
    delete line.lanes;
    for (const key of ['at', 'download', 'process']) delete line.ms[key];
  }
  const { page, seen } = await open(makeData([run]));
  assert.ok(await page.isVisible('#reckoned'));
  assert.equal(await page.locator('.row').count(), 12);
  assert.deepEqual(seen, []);
});

test('the policy of the page forbids all but its own script and style', async () => {
  const { page, seen } = await open(makeData([makeRun()]));
  const blocked = page.waitForEvent('requestfailed');
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.intruder = true';
    document.body.append(script);
    const image = new Image();
    image.src = 'http://127.0.0.1:9/leak.png';
    document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="window.intruder = true">');
  });
  assert.equal((await blocked).failure().errorText, 'csp');
  assert.equal(await page.evaluate(() => window.intruder), undefined);
  assert.ok(seen.some((message) => /Content Security Policy/.test(message)));
});
