// SPDX-License-Identifier: MIT
// The replay shows what was recorded: its counts are reckoned here a second time, from the lines alone.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { close, launch, leave, open } from './browser.mjs';
import { makeData, makeRun, numbers } from './runs.mjs';

before(launch);
afterEach(leave);
after(close);

const us = (ms) => Math.round(ms * 1000);

// [[state, from]...] of a line, in order; each lasts until the next begins.
function course(line) {
  const { ms, tries = [] } = line;
  const steps = [['queued', us(ms.at)]];
  for (const attempt of tries)
    steps.push(['downloading', us(attempt.at)], ['queued', us(attempt.at) + us(attempt.ms)]);
  let now = us(ms.at) + us(ms.queued);
  steps.push(['downloading', now]);
  for (const [part, state] of [['download', 'held'], ['held', 'processing'], ['process', 'writing']]) {
    now += us(ms[part]);
    if (line.status === 'ok') steps.push([state, now]);
    else break;
  }
  steps.push([line.status, us(ms.at) + us(ms.total)]);
  return steps;
}

function countsOf(courses, time) {
  const counts = { queued: 0, downloading: 0, held: 0, processing: 0, writing: 0, ok: 0, failed: 0 };
  for (const steps of courses) {
    const last = steps.filter(([, from]) => from <= time).pop();
    if (last) counts[last[0]]++;
  }
  return counts;
}

function momentsOf(courses, seed) {
  const random = numbers(seed);
  const events = courses.flatMap((steps) => steps.map(([, from]) => from));
  const end = Math.max(...events);
  const between = Array.from({ length: 200 }, () => Math.floor(random() * end));
  return [...new Set([0, ...events.flatMap((time) => [time - 1, time, time + 1]), ...between])].filter((time) => time >= 0);
}

const RUNS = [
  { count: 40, limit: 4, workers: 2, seed: 11, failing: 0.25, retried: 0.4 },
  { count: 60, limit: 7, workers: 1, seed: 12, failing: 0.1, retried: 0.1 },
  { count: 12, limit: 1, workers: 1, seed: 13, failing: 0, retried: 0 },
  { count: 25, limit: 20, workers: 3, seed: 14, failing: 0.5, retried: 0.6 },
];

for (const shape of RUNS) {
  test('counts at every event and between, ' + JSON.stringify(shape), async () => {
    const run = makeRun(shape);
    const courses = run.pictures.map(course);
    const moments = momentsOf(courses, shape.seed);
    assert.ok(moments.length > 200);
    const { page } = await open(makeData([run]));
    const shown = await page.evaluate((times) => times.map((time) => {
      const { replay } = window.edgefetch;
      replay.show(time);
      const cards = (where) => document.querySelectorAll(where + ' .card').length;
      return {
        counts: replay.countsAt(time / 1000),
        cards: { queued: cards('#box-queued'), downloading: cards('#slots'), held: cards('#box-held'),
          processing: cards('#workers'), writing: cards('#box-writing'), ok: cards('#box-done'), failed: cards('#box-failed') },
        crowded: [...document.querySelectorAll('.seat')].filter((seat) => seat.children.length > 1).length,
        told: Number(document.querySelector('#count-downloading').textContent.split(' ')[0]),
      };
    }), moments);
    let busiest = 0;
    moments.forEach((time, i) => {
      const wanted = countsOf(courses, time);
      const { counts, cards, crowded, told } = shown[i];
      for (const state of Object.keys(wanted)) {
        assert.equal(counts[state], wanted[state], state + ' at ' + time);
        assert.equal(cards[state], wanted[state], 'cards ' + state + ' at ' + time);
      }
      assert.equal(told, wanted.downloading);
      assert.equal(counts.done, wanted.ok + wanted.failed);
      assert.equal(counts.coming + counts.done + counts.queued + counts.downloading + counts.held + counts.processing +
        counts.writing, run.pictures.length);
      assert.ok(counts.downloading <= shape.limit && counts.processing <= shape.workers, 'limits at ' + time);
      assert.equal(crowded, 0, 'two cards in one slot at ' + time);
      busiest = Math.max(busiest, counts.downloading);
    });
    assert.equal(busiest, Math.min(shape.limit, shape.count)); // the limit was reached, so it could have been exceeded
  });
}

test('cards sit in the slots that were recorded', async () => {
  const run = makeRun({ seed: 21, failing: 0 });
  const { page } = await open(makeData([run]));
  for (const line of run.pictures) {
    const arrived = us(line.ms.at) + us(line.ms.queued) + us(line.ms.download);
    const places = await page.evaluate(([name, before, within]) => {
      const where = (id) => [...document.querySelectorAll(id + ' .slot')].findIndex((slot) => slot.textContent.includes(name));
      window.edgefetch.replay.show(before);
      const download = where('#slots');
      window.edgefetch.replay.show(within);
      return { download, worker: where('#workers') };
    }, [line.url.replace(/.*\//, ''), arrived - 1, arrived + us(line.ms.held)]);
    assert.deepEqual(places, { download: line.lanes.download, worker: line.lanes.worker }, line.url);
  }
});

test('steps go through every moment at which something happens, there and back', async () => {
  const run = makeRun({ count: 8, seed: 31, failing: 0.3, retried: 0.5 });
  const times = [...new Set(run.pictures.map(course).flatMap((steps) => steps.map(([, from]) => from)))].sort((a, b) => a - b);
  const { page } = await open(makeData([run]));
  const walk = (way, count) => page.evaluate(([step, steps]) => Array.from({ length: steps }, () => {
    window.edgefetch.replay.step(step);
    return [window.edgefetch.replay.time, document.querySelector('#sentence').textContent];
  }), [way, count]);
  const there = await walk(1, times.length - 1);
  assert.deepEqual(there.map(([time]) => time), times.slice(1)); // it stands at the first already
  for (const [time, sentence] of there) assert.match(sentence, /^\S.*\.$/, 'at ' + time);
  const back = await walk(-1, times.length - 1);
  assert.deepEqual(back.map(([time]) => time), times.slice(0, -1).reverse());
  assert.equal(back[0][1], there[there.length - 2][1]); // a moment is told alike from both sides
});

test('sentences say what happened, with the recorded times', async () => {
  const run = makeRun({ count: 1, seed: 41, failing: 0, retried: 0 });
  const [line] = run.pictures;
  Object.assign(line.ms, { at: 0, queued: 1.5, download: 1020, held: 0, process: 50, write: 2, total: 1073.5 });
  line.original.bytes = 412 * 1024;
  line.tries = [{ code: 'http_5xx', http: 503, at: 0.5, ms: 0.75, wait: 0.25, lane: 0 }];
  const { page } = await open(makeData([run]));
  const told = [];
  for (let i = 0; i < 7; i++) {
    told.push(await page.textContent('#sentence'));
    await page.click('#step');
  }
  assert.equal(told[1], 'Slot 1 is free: the event loop asks pictures.example for balloons.jpg.');
  assert.equal(told[2], 'balloons.jpg did not come: http_5xx (HTTP 503) after 750 \u00b5s; it is tried again, but not within 250 \u00b5s.');
  assert.equal(told[3], 'Slot 1 is free: the event loop asks pictures.example for balloons.jpg again (attempt 2).');
  assert.equal(told[4], 'balloons.jpg has arrived (412\u00a0KiB in 1.02 s); worker 1 is idle and takes it.');
  assert.match(told[5], /^Worker 1 has finished balloons.jpg \(decoded in .*, edges found in .*, encoded in .*\)/);
  assert.equal(told[6], 'balloons.jpg is done, 1.07 s after it was queued.');
});

test('it plays to the end by itself and stops there', async () => {
  const run = makeRun({ count: 3, seed: 51, failing: 0, retried: 0 });
  const { page } = await open(makeData([run]), { reducedMotion: 'no-preference' });
  await page.selectOption('#speed', '16');
  const label = await page.evaluate(() => {
    document.querySelector('#play').click();
    return document.querySelector('#play').textContent;
  });
  assert.equal(label, 'Pause');
  await page.waitForFunction(() => !window.edgefetch.replay.playing);
  assert.equal(await page.evaluate(() => window.edgefetch.replay.time === window.edgefetch.replay.run.end), true);
  assert.equal(await page.locator('#box-done .card').count(), 3);
});
