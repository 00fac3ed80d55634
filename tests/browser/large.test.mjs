// SPDX-License-Identifier: MIT
// Ten thousand pictures: the page stays small and works.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { close, launch, leave, open } from './browser.mjs';
import { makeData, makeRun } from './runs.mjs';

before(launch);
afterEach(leave);
after(close);

test('a run of 10,000 pictures', { timeout: 60000 }, async () => {
  const run = makeRun({ count: 10000, limit: 64, workers: 8, seed: 5 });
  const { page, seen } = await open(makeData([run]));
  const elements = () => page.evaluate(() => document.querySelectorAll('*').length);
  assert.ok(await elements() < 3500, await elements() + ' elements');
  await page.focus('#rows');
  await page.keyboard.press('End');
  assert.equal(await page.getAttribute('#rows', 'aria-activedescendant'), 'row9999');
  assert.ok((await page.getAttribute('#row9999', 'aria-label')).includes(run.pictures[9999].ms.total.toFixed(3)));
  assert.ok(await page.locator('#rows [role=option]').count() < 60);
  const cards = await page.evaluate(() => {
    const { replay } = window.edgefetch;
    let most = 0;
    for (let i = 0; i <= 100; i++) {
      replay.show(replay.run.end * i / 100);
      const { downloading, processing } = replay.countsAt(replay.time / 1000);
      if (downloading > 64 || processing > 8) throw new Error('limits exceeded at ' + replay.time);
      most = Math.max(most, document.querySelectorAll('#replay .card').length);
    }
    return most;
  });
  assert.ok(cards <= 200, cards + ' cards');
  assert.match(await page.textContent('#sampled'), /^200 of 10,000 pictures/);
  assert.equal(await page.textContent('#count-done'), run.stats.ok.toLocaleString('en'));
  await page.getByRole('button', { name: 'Next pictures' }).click();
  await page.click('#zoom-in');
  assert.ok(await elements() < 3500, await elements() + ' elements');
  assert.deepEqual(seen, []);
});
