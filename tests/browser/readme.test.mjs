// SPDX-License-Identifier: MIT
// The pictures that the README opens with; scripts/screenshots.sh takes them from where the other screenshots are.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { artifacts, close, edgefetch, folder, launch, leave, openFile, root, show } from './browser.mjs';

before(launch);
afterEach(leave);
after(close);

test('the report of the demo, half way through its replay', async () => {
  const report = join(folder, 'demo.html');
  edgefetch('demo', '-q', '-w', 2, '--report', report);
  const { page } = await openFile(report, { viewport: { width: 1080, height: 1560 } });
  await page.evaluate(() => {
    const { model, replay } = window.edgefetch;
    const [run] = model.runs;
    const busy = run.pictures[5].spans.find(({ state }) => state === 'processing');
    replay.show(Math.round((busy.from + busy.to) / 2));
    document.querySelector('#replay').scrollIntoView();
  });
  const file = join(artifacts, 'readme-report.png');
  await page.screenshot({ path: file });
  assert.ok(statSync(file).size > 50000);
});

test('the terminal with the demo half done', async () => {
  const frame = spawnSync('/usr/bin/python3', [join(root, 'tests/e2e/frame.py')], { encoding: 'utf8' });
  assert.equal(frame.status, 0, frame.stderr);
  const lines = frame.stdout.trimEnd().split('\n');
  assert.match(lines[0], /of 12/);
  const text = ['$ edgefetch demo', ...lines].join('\n').replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const page = join(folder, 'terminal.html');
  writeFileSync(page, `<!doctype html><meta charset="utf-8"><title>terminal</title>
    <body style="margin:0;background:#14181f;color:#d7dce4"><pre style="display:inline-block;margin:0;padding:16px 20px;
    font:14px/1.35 monospace">${text}</pre>`);
  const file = join(artifacts, 'readme-terminal.png');
  await show(page, 'pre', file);
  assert.ok(statSync(file).size > 3000);
});
