// SPDX-License-Identifier: MIT
// The page: what is there once, and what changes with the run that is chosen.

const model = Model.build(JSON.parse(byId('data').textContent));

// Thumbnails stand once, also when several runs have the same picture.
const thumbnailOf = (() => {
  const safe = (source) => /^data:image\/(jpeg|png|webp);base64,[A-Za-z0-9+/=]+$/.test(source) ? source : undefined;
  return ({ line }) => {
    const thumbs = Object.hasOwn(model.thumbnails, line.url) ? model.thumbnails[line.url] : {};
    return { original: safe(thumbs.original), edges: safe(thumbs.edges) };
  };
})();

const axis = new Axis(Math.max(0, ...model.runs.map((run) => run.end)));
const page = { model, replay: null };
window.edgefetch = page;

function movePlayhead() {
  const share = axis.share(page.replay.time);
  for (const head of document.querySelectorAll('.playhead')) {
    head.hidden = share < 0 || share > 1;
    head.style.left = share * 100 + '%';
  }
}

// Of versions that did not record when a URL was queued.
function isReckoned(run) {
  return run.pictures.some(({ line }) => Model.us((line.ms || {}).at) === undefined);
}

function choose(run) {
  if (page.replay) page.replay.pause();
  byId('outcome').textContent = Summary.outcome(run);
  byId('reckoned').hidden = !isReckoned(run);
  byId('verdict').textContent = Summary.verdict(run);
  showTiles(run);
  page.replay = new Replay(run, thumbnailOf, () => {});
  page.replay.moved = movePlayhead;
  movePlayhead();
  new Gallery(run, thumbnailOf);
  showFailures(run);
  showHosts(run);
  showDetails(model, run);
}

function showRuns(runs, chosen) {
  byId('runs').hidden = runs.length < 2;
  byId('runs').append(...(runs.length < 2 ? [] : runs).map((run) => element('label', {},
    element('input', { type: 'radio', name: 'run', checked: run === chosen, onchange: () => choose(run) }),
    element('span', {}, run.name))));
}

function listenToAxis() {
  const actions = {
    'zoom-in': () => axis.zoom(0.5), 'zoom-out': () => axis.zoom(2), 'zoom-all': () => axis.all(),
    'pan-left': () => axis.pan(-0.25), 'pan-right': () => axis.pan(0.25),
  };
  for (const [id, action] of Object.entries(actions)) byId(id).addEventListener('click', action);
  axis.listen(movePlayhead);
}

function listenToTheme() {
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (document.documentElement.dataset.theme || (dark.matches ? 'dark' : 'light')) === 'dark';
  const tell = () => byId('theme').setAttribute('aria-pressed', isDark());
  byId('theme').addEventListener('click', () => {
    document.documentElement.dataset.theme = isDark() ? 'light' : 'dark';
    tell();
  });
  dark.addEventListener('change', tell);
  tell();
}

function start() {
  const { runs } = model;
  const title = Format.shown(model.title || 'edgefetch');
  document.title = title + ' \u2013 edgefetch';
  byId('title').replaceChildren(foreign(model.title || 'edgefetch'));
  byId('left-out').hidden = model.left_out === 0;
  byId('left-out').textContent = Format.counted(model.left_out, 'picture') +
    ' more than this page can hold: only the figures count them.';
  listenToTheme();
  if (runs.length === 0) {
    byId('outcome').textContent = 'This page tells of no run.';
    return;
  }
  showComparison(runs);
  const chosen = runs[runs.length - 1];
  showRuns(runs, chosen);
  choose(chosen);
  new Timeline(runs, axis);
  new Charts(runs, axis);
  listenToAxis();
  movePlayhead();
  Replay.listen(() => page.replay);
}

start();
