// SPDX-License-Identifier: MIT
// What comes from outside stays text: URLs, messages, paths, names.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { close, launch, leave, open } from './browser.mjs';
import { makeData, makeRun } from './runs.mjs';

before(launch);
afterEach(leave);
after(close);

const MARKUP = '<img src=x onerror=alert(1)><script>alert(2)</script></script><!--"\'`${alert(3)}&lt;';
const BIDI = 'a\u202egpj.exe\u2066\u0007\u200b';

function hostileData() {
  const run = makeRun({ count: 12, failing: 0, retried: 0 });
  const [a, b, c, d, e, f] = run.pictures;
  a.url = 'https://pictures.example/' + MARKUP;
  b.url = 'javascript:alert(4)//.jpg';
  c.url = 'data:text/html,<script>alert(5)</script>';
  d.url = 'https://pictures.example/' + BIDI;
  Object.assign(e, { status: 'failed', stage: 'download', url: 'javascript:alert(6)',
    error: { code: MARKUP, message: MARKUP + BIDI } });
  Object.assign(f, { status: MARKUP, stage: MARKUP, url: '\ud800' });
  a.original.path = '../../etc/passwd';
  b.original.path = 'javascript:alert(7)';
  c.original.path = '//evil.example/x';
  d.original.path = 'original/\\..\\x';
  run.pictures[6].original.path = 'original/100% #?&"<b>.jpg';
  run.pictures[7].original.path = '/etc/passwd';
  run.pictures[8].edges[0].path = '\ud800';
  run.pictures[9].type = MARKUP;
  run.pictures[10].edges.push({ ...run.pictures[10].edges[0], detector: MARKUP });
  run.name = MARKUP;
  run.options[MARKUP] = [MARKUP, { x: MARKUP }];
  run.machine.cpu = MARKUP;
  run.stats.verdict = MARKUP;
  run.stats.advice = MARKUP;
  const data = makeData([run, makeRun({ name: '__proto__' })].reverse(), { title: MARKUP });
  data.thumbnails[run.pictures[11].url] = { original: 'javascript:alert(8)', edges: 'https://evil.example/x.png' };
  return data;
}

test('markup, quotes and ends of scripts stay text', async () => {
  const { page, seen } = await open(hostileData());
  const found = await page.evaluate(() => ({
    scripts: document.querySelectorAll('script').length,
    handlers: document.querySelectorAll('[onerror],[onload]').length,
    strangers: document.querySelectorAll('img:not([src^="data:image/"]), iframe, object, embed, form, base, b').length,
  }));
  assert.deepEqual(found, { scripts: 2, handlers: 0, strangers: 0 });
  assert.ok((await page.textContent('#title')).includes('<script>alert(2)</script></script>'));
  assert.ok((await page.textContent('#reasons')).includes('<img src=x onerror=alert(1)>'));
  assert.ok((await page.textContent('#details-table')).includes('<script>alert(2)</script>'));
  await page.focus('#rows');
  for (let i = 0; i < 26; i++) await page.keyboard.press('ArrowDown');
  for (let i = 0; i < 80; i++) await page.click('#step');
  assert.deepEqual(seen, []);
});

test('links lead to http, https and to files below the page, and nowhere else', async () => {
  const { page } = await open(hostileData());
  const links = await page.$$eval('main a', (all) => all.map((link) => link.getAttribute('href')));
  for (const link of links) assert.match(link, /^(https?:\/\/|\.\/((original|edges)\/)?[\w%()-]+(\.\w+)?$)/, link);
  assert.ok(links.includes('./original/100%25%20%23%3F%26%22%3Cb%3E.jpg'), links.join('\n'));
  const loose = await page.$$eval('main a', (all) => all.filter((link) =>
    link.rel !== 'noopener noreferrer' || link.referrerPolicy !== 'no-referrer').length);
  assert.equal(loose, 0);
});

test('a page without a place beside it links to no files', async () => {
  for (const base of ['', 'javascript:', '//evil.example/', 'https://evil.example/']) {
    const { page } = await open(makeData([makeRun({ base, failing: 0 })]));
    const links = await page.$$eval('#pictures a', (all) => all.map((link) => link.getAttribute('href')));
    assert.equal(links.length, 12);
    for (const link of links) assert.match(link, /^https:\/\/(pictures|cdn|slow)\.example/);
  }
});

test('characters that turn the writing round, or do not print, are spelled out', async () => {
  const { page } = await open(hostileData());
  const text = await page.evaluate(() => document.body.innerText);
  assert.ok(text.includes('a\\u202egpj.exe\\u2066\\u0007\\u200b'));
  assert.ok(!/[\u202a-\u202e\u2066-\u2069\u0007\u200b]/.test(text));
});
