// SPDX-License-Identifier: MIT
// One row a picture, its phases in colour. Only the rows in view exist.

class Timeline {
  constructor(runs, axis) {
    this.runs = runs;
    this.axis = axis;
    this.items = runs.flatMap((run) => [
      ...(runs.length > 1 ? [{ run }] : []),
      ...run.pictures.map((picture) => ({ run, picture })),
    ]);
    this.active = -1;
    this.box = byId('rows');
    this.tip = byId('tip');
    this.space = element('div', { class: 'space', role: 'presentation' });
    this.space.style.height = this.items.length * Timeline.ROW + 'px';
    this.box.replaceChildren(this.space);
    this.box.classList.toggle('whole', this.items.length <= Timeline.WHOLE);
    byId('legend').replaceChildren(...this.legend());
    this.listen();
    axis.listen(() => this.paint());
    this.paint();
  }

  listen() {
    this.box.addEventListener('scroll', () => { this.hideTip(); this.paint(); });
    this.box.addEventListener('keydown', (event) => this.key(event));
    this.box.addEventListener('focus', () => { if (this.box.matches(':focus-visible')) this.go(Math.max(0, this.active)); });
    this.box.addEventListener('blur', () => this.hideTip());
    this.box.addEventListener('pointermove', (event) => this.hover(event));
    this.box.addEventListener('pointerleave', () => this.hideTip());
    this.box.addEventListener('click', (event) => {
      const place = this.placeOf(event);
      if (place >= 0) this.mark(place);
    });
    this.axis.attach(byId('tracks'), () => byId('ticks'));
    new ResizeObserver(() => this.paint()).observe(this.box);
  }

  legend() {
    const used = new Set(this.items.flatMap(({ picture }) => picture ? picture.parts.map((part) => part.kind) : []));
    return PHASES.filter(({ key }) => used.has(key)).map(({ key, name, tells }) =>
      element('li', { title: tells }, element('span', { class: 'swatch ' + key, 'aria-hidden': 'true' }), name));
  }

  paint() {
    const { clientHeight, scrollTop, clientWidth, offsetWidth } = this.box;
    document.documentElement.style.setProperty('--scrollbar', offsetWidth - clientWidth + 'px');
    const first = Math.max(0, Math.floor(scrollTop / Timeline.ROW) - 4);
    const last = Math.min(this.items.length, Math.ceil((scrollTop + clientHeight) / Timeline.ROW) + 4);
    const rows = [];
    for (let place = first; place < last; place++) rows.push(this.row(place));
    this.space.replaceChildren(...rows);
    this.paintTicks();
  }

  paintTicks() {
    const room = Math.max(2, Math.floor(byId('ticks').clientWidth / 90));
    byId('ticks').replaceChildren(...this.axis.ticks(room).map(({ time, text }) => {
      const tick = element('span', { class: 'tick' }, element('span', {}, text));
      tick.style.left = this.axis.share(time) * 100 + '%';
      tick.classList.toggle('last', this.axis.share(time) > 0.93);
      return tick;
    }));
  }

  row(place) {
    const { run, picture } = this.items[place];
    const row = picture ? this.pictureRow(place, run, picture)
      : element('div', { class: 'row run', role: 'presentation' }, element('span', { class: 'label' }, run.name),
        element('span', { class: 'bars' }, Format.time(run.end) + ', ' + Format.counted(run.pictures.length, 'picture')));
    row.style.top = place * Timeline.ROW + 'px';
    return row;
  }

  pictureRow(place, run, picture) {
    const bars = element('span', { class: 'bars', 'aria-hidden': 'true' });
    for (const part of picture.parts) {
      const from = Math.max(-0.01, this.axis.share(part.from));
      const to = Math.min(1.01, this.axis.share(part.to));
      if (to < from) continue;
      const bar = element('i', { class: part.kind });
      bar.style.left = from * 100 + '%';
      bar.style.width = (to - from) * 100 + '%';
      bars.append(bar);
    }
    return element('div', {
      class: 'row ' + (OUTCOMES[picture.outcome] ? picture.outcome : ''), role: 'option', id: 'row' + place,
      'aria-selected': String(place === this.active), 'aria-label': this.describe(run, picture),
      'aria-posinset': place + 1, 'aria-setsize': this.items.length,
    }, element('span', { class: 'label' }, picture.outcome === 'ok' ? null : '\u2715 ', foreign(picture.name)), bars);
  }

  describe(run, picture) {
    return [
      picture.name, ...(this.runs.length > 1 ? ['run ' + run.name] : []), outcomeOf(picture),
      ...timesOf(picture).map(({ name, text }) => name + ' ' + text),
      ...(picture.attempts > 1 ? [picture.attempts + ' attempts'] : []),
    ].join(', ');
  }

  placeOf(event) {
    const place = Math.floor((event.clientY - this.space.getBoundingClientRect().top) / Timeline.ROW);
    return this.items[place] && this.items[place].picture ? place : -1;
  }

  mark(place) {
    this.active = place;
    this.paint();
    this.box.setAttribute('aria-activedescendant', 'row' + place);
  }

  key(event) {
    const page = Math.max(1, Math.floor(this.box.clientHeight / Timeline.ROW) - 1);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key in moves) {
      const way = Math.sign(moves[event.key]);
      this.go(this.active + moves[event.key], way);
      event.preventDefault();
    } else if (event.key === 'Escape') {
      this.hideTip();
    } else {
      this.axis.key(event);
    }
  }

  // To a row by keyboard: it comes into view and tells its times.
  go(wanted, way = 1) {
    let place = Math.min(this.items.length - 1, Math.max(0, wanted));
    if (place < 0) return;
    if (!this.items[place].picture) place += place === 0 || !this.items[place + way] ? 1 : way;
    if (!this.items[place] || !this.items[place].picture) return;
    const top = place * Timeline.ROW;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    if (top + Timeline.ROW > this.box.scrollTop + this.box.clientHeight)
      this.box.scrollTop = top + Timeline.ROW - this.box.clientHeight;
    this.mark(place);
    const box = byId('row' + place).getBoundingClientRect();
    // After the scrolling, whose event hides it.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (document.activeElement === this.box) this.showTip(place, box.left + 40, box.bottom);
    }));
  }

  hover(event) {
    const place = event.buttons ? -1 : this.placeOf(event);
    if (place < 0) this.hideTip();
    else this.showTip(place, event.clientX + 12, event.clientY + 10);
  }

  showTip(place, x, y) {
    if (this.tipPlace !== place) this.fillTip(this.items[place]);
    this.tipPlace = place;
    this.tip.hidden = false;
    const { offsetWidth, offsetHeight } = this.tip;
    this.tip.style.left = Math.max(4, Math.min(x, document.documentElement.clientWidth - offsetWidth - 4)) + 'px';
    this.tip.style.top = (y + offsetHeight + 4 > window.innerHeight ? Math.max(4, y - offsetHeight - 30) : y) + 'px';
  }

  hideTip() {
    this.tip.hidden = true;
  }

  fillTip({ run, picture }) {
    const { line } = picture;
    const tries = picture.tries.map((attempt, i) => element('tr', {},
      element('th', { scope: 'row' }, element('span', { class: 'swatch try' }),
        'attempt ' + (i + 1) + ': ' + Format.shown(attempt.code) + (attempt.http ? ' ' + attempt.http : '')),
      element('td', {}, Format.exact(Model.us(attempt.ms) ?? 0))));
    const times = timesOf(picture).map(({ key, name, text, within }) => element('tr', { class: within && 'within' },
      element('th', { scope: 'row' },
        element('span', { class: PHASE_NAMES[key] && key !== 'process' ? 'swatch ' + key : 'swatch none' }), name),
      element('td', {}, text)));
    this.tip.replaceChildren(
      element('p', { class: 'name' }, foreign(picture.name)),
      element('p', { class: 'quiet' }, foreign(line.url)),
      element('p', {}, (this.runs.length > 1 ? run.name + ': ' : '') + outcomeOf(picture),
        line.error ? [' \u2013 ', foreign(line.error.code), ': ', foreign(line.error.message)] : ''),
      element('table', {}, element('tbody', {}, tries, times)));
  }
}
Timeline.ROW = 22; // pixels, as in the style sheet
Timeline.WHOLE = 48; // with more rows it scrolls by itself
