// SPDX-License-Identifier: MIT
// Everything that can be pressed, dragged or turned works by mouse and by keyboard.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { close, launch, leave, open } from './browser.mjs';
import { makeData, makeRun } from './runs.mjs';

before(launch);
afterEach(leave);
after(close);

const data = () => makeData([makeRun({ count: 40, seed: 3, failing: 0.3 })]);

// Presses a button with the mouse, with Enter and with the space bar.
const WAYS = {
  mouse: (page, target) => target.click({ force: true }), // also what says that it is disabled
  Enter: async (page, target) => { await target.focus(); await page.keyboard.press('Enter'); },
  Space: async (page, target) => { await target.focus(); await page.keyboard.press('Space'); },
};

const time = (page) => page.evaluate(() => window.edgefetch.replay.time);
// What the axis shows, told by the ruler.
const ruler = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() =>
  requestAnimationFrame(() => done(document.querySelector('#ticks').innerText)))));

for (const [way, press] of Object.entries(WAYS)) {
  test('buttons of the replay and the timeline by ' + way, async () => {
    const { page, seen } = await open(data());
    const button = (name) => page.getByRole('button', { name, exact: true });
    await press(page, button('Step'));
    await press(page, button('Step'));
    const second = await time(page);
    assert.ok(second > 0);
    await press(page, button('Step back'));
    assert.ok(await time(page) < second);
    await press(page, button('Play'));
    await page.waitForFunction((from) => window.edgefetch.replay.time > from, second);
    await press(page, button('Pause'));
    assert.equal(await page.evaluate(() => window.edgefetch.replay.playing), false);
    const whole = await ruler(page);
    await press(page, button('Zoom in'));
    const closer = await ruler(page);
    assert.notEqual(closer, whole);
    await press(page, button('Later'));
    const later = await ruler(page);
    assert.notEqual(later, closer);
    await press(page, button('Earlier'));
    assert.equal(await ruler(page), closer);
    await press(page, button('Zoom out'));
    assert.equal(await ruler(page), whole);
    await press(page, button('Zoom in'));
    await press(page, button('Whole run'));
    assert.equal(await ruler(page), whole);
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await paper();
    await press(page, button('Dark'));
    assert.notEqual(await paper(), light);
    assert.equal(await button('Dark').getAttribute('aria-pressed'), 'true');
    await press(page, button('Dark'));
    assert.equal(await paper(), light);
    assert.deepEqual(seen, []);
  });

  test('pages and sorted tables by ' + way, async () => {
    const { page, seen } = await open(data());
    const first = () => page.textContent('#pictures figcaption strong');
    const before = await first();
    await press(page, page.getByRole('button', { name: 'Next pictures' }));
    assert.notEqual(await first(), before);
    await press(page, page.getByRole('button', { name: 'Previous pictures' }));
    assert.equal(await first(), before);
    await press(page, page.getByRole('button', { name: 'Previous pictures' })); // at the first: nothing
    assert.equal(await first(), before);
    const hosts = () => page.$$eval('#hosts tbody td:first-child', (all) => all.map((cell) => cell.textContent));
    await press(page, page.locator('#hosts').getByRole('button', { name: 'host', exact: true }));
    const up = await hosts();
    assert.deepEqual(up, [...up].sort());
    assert.equal(await page.getAttribute('#hosts th:first-child', 'aria-sort'), 'ascending');
    await press(page, page.locator('#hosts').getByRole('button', { name: 'host', exact: true }));
    assert.deepEqual(await hosts(), up.reverse());
    const bytes = page.locator('#hosts').getByRole('button', { name: 'mean answer' });
    await press(page, bytes);
    const means = await page.$$eval('#hosts tbody td:nth-child(5)', (all) => all.map((cell) => parseFloat(cell.textContent)));
    assert.deepEqual(means, [...means].sort((a, b) => b - a));
    if (way !== 'Space') {
      const summary = page.locator('summary').first();
      const open = await page.locator('details').first().getAttribute('open');
      await press(page, summary);
      assert.notEqual(await page.locator('details').first().getAttribute('open'), open);
    }
    assert.deepEqual(seen, []);
  });
}

test('the scrubber by mouse and keyboard', async () => {
  const { page } = await open(data());
  const box = await page.locator('#scrub').boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  const middle = await time(page);
  const end = await page.evaluate(() => window.edgefetch.replay.run.end);
  assert.ok(Math.abs(middle / end - 0.5) < 0.02, middle + ' of ' + end);
  await page.keyboard.press('ArrowRight');
  assert.ok(await time(page) > middle);
  await page.keyboard.press('Home');
  assert.equal(await time(page), 0);
  await page.keyboard.press('End');
  assert.equal(await time(page), end);
  assert.match(await page.getAttribute('#scrub', 'aria-valuetext'), / of /);
});

test('the speed by keyboard', async () => {
  const { page } = await open(data());
  const offered = await page.$$eval('#speed option', (all) => all.map((option) => option.value));
  assert.deepEqual(offered, ['whole', '0.1', '0.25', '0.5', '1', '2', '4', '16']);
  await page.focus('#speed');
  await page.keyboard.press('End');
  assert.equal(await page.inputValue('#speed'), '16');
});

test('the timeline by keyboard', async () => {
  const { page } = await open(data());
  const whole = await ruler(page);
  await page.focus('#rows');
  await page.keyboard.press('ArrowDown');
  const active = () => page.getAttribute('#rows', 'aria-activedescendant');
  assert.equal(await active(), 'row1');
  assert.equal(await page.getAttribute('#row1', 'aria-selected'), 'true');
  await page.waitForSelector('#tip:not([hidden])');
  await page.keyboard.press('Escape');
  assert.ok(await page.isHidden('#tip'));
  await page.keyboard.press('End');
  assert.equal(await active(), 'row39');
  await page.keyboard.press('PageUp');
  await page.keyboard.press('Home');
  assert.equal(await active(), 'row0');
  await page.keyboard.press('ArrowUp');
  assert.equal(await active(), 'row0');
  for (const key of ['+', 'ArrowRight', 'ArrowLeft', '-']) {
    const before = await ruler(page);
    await page.keyboard.press(key);
    assert.notEqual(await ruler(page), before, key);
  }
  await page.keyboard.press('+');
  await page.keyboard.press('0');
  assert.equal(await ruler(page), whole);
});

test('the timeline by mouse: details under the pointer, drag, wheel', async () => {
  const { page } = await open(data());
  await page.locator('#rows').scrollIntoViewIfNeeded();
  const row = await page.locator('#row2').boundingBox();
  await page.mouse.move(row.x + 400, row.y + 10);
  assert.ok(await page.isVisible('#tip'));
  assert.match(await page.textContent('#tip .name'), /^bookshelf-3/);
  const whole = await ruler(page);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -400);
  await page.keyboard.up('Control');
  const closer = await ruler(page);
  assert.notEqual(closer, whole);
  await page.mouse.down();
  await page.mouse.move(row.x + 200, row.y + 10, { steps: 4 });
  await page.mouse.up();
  const dragged = await ruler(page);
  assert.notEqual(dragged, closer);
  await page.mouse.move(row.x + 600, row.y + 10);
  assert.equal(await ruler(page), dragged); // let go is let go
});

test('the slider of a picture by mouse and keyboard', async () => {
  const { page } = await open(data());
  const slider = page.locator('.compare input').first();
  const cut = () => page.locator('.compare').first().evaluate((box) => box.style.getPropertyValue('--cut'));
  await slider.scrollIntoViewIfNeeded();
  const box = await slider.boundingBox();
  await page.mouse.click(box.x + box.width * 0.8, box.y + 20);
  assert.ok(Math.abs(parseFloat(await cut()) - 80) < 8, await cut());
  await page.keyboard.press('Home');
  assert.equal(await cut(), '0%');
  await page.keyboard.press('ArrowRight');
  assert.equal(await cut(), '1%');
  assert.equal(await slider.getAttribute('aria-valuetext'), '1 % original');
});

test('the run that is shown, by mouse and keyboard', async () => {
  const runs = ['sync', 'threads', 'async'].map((name, i) => makeRun({ name, limit: i === 0 ? 1 : 4, failing: 0, retried: 0 }));
  const { page } = await open(makeData(runs));
  const limit = () => page.textContent('#count-downloading');
  assert.match(await limit(), /of 4$/);
  await page.locator('#runs label').filter({ hasText: 'sync' }).first().click();
  assert.match(await limit(), /of 1$/);
  await page.keyboard.press('ArrowRight');
  assert.match(await limit(), /of 4$/);
  assert.match(await page.textContent('#details caption'), /threads/);
  assert.equal(await page.evaluate(() => window.edgefetch.replay.run.name), 'threads');
  await page.click('#step');
  assert.ok(await time(page) > 0);
});

test('an empty run: every button can be pressed', async () => {
  const { page, seen } = await open(makeData([makeRun({ count: 0 })]));
  for (const button of await page.getByRole('button').all()) if (await button.isVisible()) await button.click();
  await page.focus('#rows');
  for (const key of ['ArrowDown', 'End', 'Home', '+']) await page.keyboard.press(key);
  assert.match(await page.textContent('#sentence'), /nothing to replay/);
  assert.deepEqual(seen, []);
});
