// SPDX-License-Identifier: MIT
// The real browser, and pages made by the program's own page and a test's data.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = resolve(fileURLToPath(import.meta.url), '../../..');
const build = resolve(root, process.env.EDGEFETCH_BUILD || 'build/release');
const { chromium } = createRequire(join(root, 'build/browser/package.json'))('playwright-core');

export const artifacts = resolve(root, process.env.EDGEFETCH_ARTIFACTS || join(build, 'screenshots'));
mkdirSync(artifacts, { recursive: true });

export const folder = mkdtempSync(join(tmpdir(), 'edgefetch-browser-'));
let browser;
let page;
let pages = 0;

export async function launch() {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--disable-gpu', ...(process.getuid() === 0 ? ['--no-sandbox'] : [])],
  });
  page = await browser.newPage();
  page.setDefaultTimeout(20000);
}

export async function close() {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}

// The file of a page with this data; its text is what the program would have written.
export function pageFile(data) {
  const file = join(folder, 'page-' + ++pages + '.html');
  const made = spawnSync(join(build, 'tests/browser/page-around'),
    { input: JSON.stringify(data).replaceAll('<', '\\u003c'), maxBuffer: 2 ** 28 });
  if (made.status !== 0) throw new Error('page-around: ' + made.stderr);
  writeFileSync(file, made.stdout);
  return file;
}

// Runs the program to its end, in the tests' folder.
export function edgefetch(...args) {
  const ran = spawnSync(join(build, 'edgefetch'), args.map(String), { encoding: 'utf8', cwd: folder });
  if (ran.status !== 0) throw new Error('edgefetch ' + args.join(' ') + ': ' + ran.stderr);
}

// The tab, with a page of this data in it; see openFile().
export function open(data, how) {
  return openFile(pageFile(data), how);
}

// The tab, with the page in it. `seen` collects what must not be: messages of the console, errors, requests.
// It is one tab for all tests of a file: to go to another page is to start anew, and a new tab costs a second.
export async function openFile(file, { viewport = { width: 1280, height: 900 }, colorScheme = 'light',
  reducedMotion = 'reduce' } = {}) {
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme, reducedMotion });
  const url = pathToFileURL(file).href;
  const seen = [];
  page.on('console', (message) => seen.push(message.type() + ': ' + message.text()));
  page.on('pageerror', (error) => seen.push('error: ' + error));
  page.on('dialog', (dialog) => { seen.push('dialog: ' + dialog.message()); dialog.dismiss(); });
  page.on('request', (request) => {
    if (request.url() !== url && !request.url().startsWith('data:')) seen.push('request: ' + request.url());
  });
  await page.goto(url);
  await page.waitForFunction(() => window.edgefetch && document.querySelector('#outcome').textContent !== '');
  return { page, seen };
}

// A picture of an element of any page.
export async function show(file, selector, picture) {
  await page.goto(pathToFileURL(file).href);
  await page.locator(selector).screenshot({ path: picture });
}

// After each test: what it listened to is no concern of the next one's.
export async function leave() {
  page.removeAllListeners();
  await page.goto('about:blank');
}
