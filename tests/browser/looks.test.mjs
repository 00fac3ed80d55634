// SPDX-License-Identifier: MIT
// Three widths, light and dark: nothing overflows, everything has a name, text can be read. What was seen is kept.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { artifacts, close, launch, leave, open } from './browser.mjs';
import { makeData, makeRun } from './runs.mjs';

before(launch);
afterEach(leave);
after(close);

const one = makeData([makeRun({ count: 30, seed: 3, failing: 0.15 })]);
const three = makeData(['sync', 'threads', 'async'].map((name, i) =>
  makeRun({ name, limit: i === 0 ? 1 : 4, seed: 4, failing: 0, retried: 0 })), { title: 'bench' });

for (const width of [360, 768, 1280])
  for (const colorScheme of ['light', 'dark'])
    test(width + ' pixels wide, ' + colorScheme, async () => {
      for (const [name, data] of Object.entries({ one, three })) {
        const { page } = await open(data, { viewport: { width, height: 800 }, colorScheme });
        await page.evaluate(() => window.edgefetch.replay.show(window.edgefetch.replay.run.end * 0.45));
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, name + ' overflows');
        assert.deepEqual(await page.evaluate(sticksOut), [], name + ' has parts that are cut off');
        const dim = await page.evaluate(faint);
        assert.deepEqual(dim, [], name + ' has text that is hard to read');
        await page.screenshot({ path: join(artifacts, name + '-' + width + '-' + colorScheme + '.png'), fullPage: true });
      }
    });

// What reaches beyond the window, also when it is cut off there, but for what scrolls. Runs in the page.
function sticksOut() {
  return [...document.querySelectorAll('body *')].filter((place) => {
    if (!place.checkVisibility() || place.closest('.scroll, .row, .tick, svg, .hidden, .skip, #tip')) return false;
    const { left, right } = place.getBoundingClientRect();
    return left < -1 || right > innerWidth + 1;
  }).map((place) => place.tagName + ' ' + (place.id || place.className));
}

// Text whose contrast with what is behind it is below WCAG's AA. Runs in the page.
function faint() {
  const rgb = (text) => text.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((part) => part / 255)
    .map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (place) => {
    for (; place; place = place.parentElement) {
      const colour = rgb(getComputedStyle(place).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const place = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !place.checkVisibility() || place.closest('.hidden, script, option')) continue;
    const style = getComputedStyle(place);
    const [a, b] = [light(rgb(style.color)), light(behind(place))].sort((x, y) => y - x);
    const needed = parseFloat(style.fontSize) >= 24 ? 3 : 4.5;
    if ((a + 0.05) / (b + 0.05) < needed) found.push(texts.currentNode.data + ': ' + style.color + ' on ' + behind(place));
  }
  return found;
}

test('headings are in order, under one that says what came of it', async () => {
  for (const data of [one, three]) {
    const { page } = await open(data);
    const levels = await page.$$eval('h1, h2, h3, h4, h5, h6', (all) =>
      all.filter((head) => head.checkVisibility()).map((head) => Number(head.tagName[1])));
    assert.equal(levels.filter((level) => level === 1).length, 1);
    assert.equal(levels[0], 1);
    levels.forEach((level, i) => assert.ok(i === 0 || level <= levels[i - 1] + 1, levels.join(' ')));
  }
});

test('every control, picture and table has a name, every id is there once', async () => {
  for (const data of [one, three]) {
    const { page } = await open(data);
    const session = await page.context().newCDPSession(page);
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    const named = ['button', 'link', 'slider', 'combobox', 'radio', 'listbox', 'option', 'table', 'region', 'navigation', 'group', 'image'];
    const unnamed = nodes.filter((node) => !node.ignored && node.role && named.includes(node.role.value) &&
      !(node.name && node.name.value)).map((node) => node.role.value);
    assert.deepEqual(unnamed.filter((role) => role !== 'group'), []); // "details" is a group without a name
    const landmarks = new Set(nodes.filter((node) => node.role).map((node) => node.role.value));
    for (const role of ['banner', 'main', 'navigation', 'contentinfo']) assert.ok(landmarks.has(role), 'no ' + role);
    const problems = await page.evaluate(() => [
      ...[...document.querySelectorAll('[id]')].map((place) => place.id).filter((id, i, all) => all.indexOf(id) !== i),
      ...[...document.querySelectorAll('table')].filter((table) => !table.caption && !table.closest('#tip')).map(() => 'table without a caption'),
      ...[...document.querySelectorAll('[aria-labelledby],[aria-describedby]')].filter((place) =>
        !document.getElementById(place.getAttribute('aria-labelledby') || place.getAttribute('aria-describedby'))).map((place) => place.id),
      ...[...document.querySelectorAll('nav a')].filter((link) => !document.querySelector(link.hash)).map((link) => link.hash),
    ]);
    assert.deepEqual(problems, []);
  }
});

test('the tabulator reaches every control, and one sees where it is', async () => {
  const { page } = await open(three);
  const controls = await page.evaluate(() => [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')]
    .filter((control) => control.checkVisibility() && !(control.type === 'radio' && !control.checked)).length);
  const reached = [];
  for (;;) {
    await page.keyboard.press('Tab');
    const state = await page.evaluate(() => {
      const at = document.activeElement;
      if (at === document.body || at.seen) return null;
      at.seen = true;
      const outlined = [at, at.parentElement, at.nextElementSibling].some((place) => place &&
        getComputedStyle(place).outlineStyle !== 'none' && parseFloat(getComputedStyle(place).outlineWidth) >= 1);
      return { name: at.id || at.textContent || at.ariaLabel, outlined };
    });
    if (!state) break;
    assert.ok(state.outlined, 'no sign of the focus on ' + state.name);
    reached.push(state.name);
  }
  assert.equal(reached.length, controls, reached.join(', '));
});

test('cards glide only where motion is welcome', async () => {
  for (const reducedMotion of ['reduce', 'no-preference']) {
    const { page } = await open(one, { reducedMotion });
    const moving = await page.evaluate(() => {
      window.edgefetch.replay.step(1);
      window.edgefetch.replay.show(window.edgefetch.replay.run.end / 2);
      return document.getAnimations().length;
    });
    assert.equal(moving > 0, reducedMotion === 'no-preference');
  }
});
