// SPDX-License-Identifier: MIT
// The three columns of the replay: boxes of the event loop, slots of downloads and workers, and the cards.

class Stage {
  constructor(run, thumbnails) {
    this.run = run;
    this.thumbnails = thumbnails;
    this.still = window.matchMedia('(prefers-reduced-motion: reduce)');
    this.cards = Stage.sample(run.pictures).map((picture) => this.card(picture));
    this.slots = [
      ...this.makeSlots('slots', 'downloading', run.limit, 'slot'),
      ...this.makeSlots('workers', 'processing', run.workers, 'worker'),
    ];
    for (const box of document.querySelectorAll('#replay .cards')) box.replaceChildren();
    const failing = run.pictures.some(({ outcome }) => outcome !== 'ok');
    for (const part of [document.querySelector('#replay h4.failed'), byId('box-failed')]) part.hidden = !failing;
    byId('sampled').hidden = this.cards.length === run.pictures.length;
    byId('sampled').textContent = Format.count(this.cards.length) + ' of ' + Format.counted(run.pictures.length, 'picture') +
      ' move as cards here; the counts are of all.';
  }

  // At most so many cards, evenly over the run.
  static sample(pictures) {
    if (pictures.length <= Stage.CARDS) return pictures;
    return Array.from({ length: Stage.CARDS }, (_, i) => pictures[Math.floor(i * pictures.length / Stage.CARDS)]);
  }

  card(picture) {
    const thumbs = this.thumbnails(picture);
    const image = thumbs.original || thumbs.edges ? element('img', { alt: '', draggable: 'false' }) : null;
    return {
      picture, thumbs, image,
      element: element('li', { class: 'card', title: picture.name }, image,
        element('span', { class: 'name' }, foreign(picture.name))),
    };
  }

  makeSlots(id, state, capacity, noun) {
    const shown = Math.min(capacity, Stage.SLOTS);
    const slots = Array.from({ length: shown }, (_, lane) => {
      const slot = {
        lane, state, spans: [],
        seat: element('ul', { class: 'seat' }),
        phase: element('span', { class: 'phase' }),
      };
      slot.element = element('li', { class: 'slot' },
        element('span', { class: 'number' }, element('span', { class: 'hidden' }, noun + ' '), String(lane + 1)),
        slot.seat, slot.phase);
      return slot;
    });
    for (const span of Model.spansIn(this.run.pictures, state))
      if (slots[span.lane]) slots[span.lane].spans.push(span);
    for (const slot of slots) slot.times = slot.spans.map((span) => span.from);
    byId(id).replaceChildren(...slots.map((slot) => slot.element));
    byId(id).classList.toggle('many', shown > 8);
    byId(id + '-more').textContent = capacity > shown
      ? 'The first ' + shown + ' of ' + Format.count(capacity) + ' are shown.' : '';
    return slots;
  }

  show(time) {
    this.tellCounts(time);
    for (const slot of this.slots) this.tellSlot(slot, time);
    const moves = this.cards.map((card) => ({ card, ...this.placeOf(card, time) }))
      .filter(({ card, box }) => card.box !== box);
    const animated = !this.still.matches && moves.length <= 40;
    for (const move of moves) move.before = animated && Stage.rectangle(move.card.element);
    for (const { card, box, key, shape } of moves) this.put(card, box, key, shape);
    if (animated) moves.forEach((move) => Stage.glide(move.card.element, move.before));
  }

  tellCounts(time) {
    const { limit, workers } = this.run;
    const counts = Model.countsAt(this.run, time);
    const texts = {
      queued: Format.count(counts.queued), held: Format.count(counts.held) + (counts.bytes ? ' \u00b7 ' + Format.bytes(counts.bytes) : ''),
      writing: Format.count(counts.writing), done: Format.count(counts.ok),
      failed: Format.count(counts.failed + counts.cancelled),
      downloading: Format.count(counts.downloading) + ' of ' + Format.count(limit),
      processing: Format.count(counts.processing) + ' of ' + Format.count(workers),
    };
    for (const [name, text] of Object.entries(texts)) {
      const place = byId('count-' + name);
      if (place.textContent !== text) place.textContent = text;
    }
  }

  // What a slot does: also for a picture that has no card.
  tellSlot(slot, time) {
    const place = Model.upTo(slot.times, time) - 1;
    const span = slot.spans[place] && time < slot.spans[place].to ? slot.spans[place] : null;
    const part = span && span.picture.parts.find(({ from, to }) => from <= time && time < to);
    const text = !span ? 'idle' : !part ? '' : part.kind === 'try' ? 'attempt ' + span.attempt : PHASE_NAMES[part.kind];
    if (slot.phase.textContent !== text) slot.phase.textContent = text;
    slot.element.classList.toggle('idle', !span);
    slot.element.style.setProperty('--done', span ? (time - span.from) / (span.to - span.from) : 0);
  }

  // The box for a card, its place in it, and which of its thumbnails it wears.
  placeOf({ picture }, time) {
    if (time < picture.at) return { box: null };
    const span = Model.spanAt(picture, time);
    if (!span) {
      const box = byId(picture.outcome === 'ok' ? 'box-done' : 'box-failed');
      return { box, key: -picture.end, shape: picture.outcome === 'ok' ? 'edges' : 'original' };
    }
    if (span.state === 'downloading' || span.state === 'processing') {
      const slot = this.slots.find(({ lane, state }) => lane === span.lane && state === span.state);
      return { box: slot ? slot.seat : null, key: 0, shape: 'original' };
    }
    return { box: byId('box-' + span.state), key: span.from * 1e6 + picture.place, shape: span.state === 'writing' ? 'edges' : 'original' };
  }

  put(card, box, key, shape) {
    card.box = box;
    card.element.remove();
    if (card.image) {
      const source = card.thumbs[shape] || card.thumbs.original || card.thumbs.edges;
      if (card.source !== source) card.image.src = card.source = source;
    }
    if (!box) return;
    card.element.key = key;
    box.insertBefore(card.element, [...box.children].find((other) => other.key > key) || null);
  }

  static rectangle(moving) {
    return moving.isConnected && moving.offsetParent ? moving.getBoundingClientRect() : null;
  }

  static glide(moving, before) {
    const after = Stage.rectangle(moving);
    if (!after) return;
    const from = before ? { transform: 'translate(' + (before.left - after.left) + 'px,' + (before.top - after.top) + 'px)' }
      : { opacity: 0 };
    moving.animate([{ ...from, zIndex: 2 }, { transform: 'none', opacity: 1, zIndex: 2 }],
      { duration: 320, easing: 'cubic-bezier(0.3, 0.1, 0.2, 1)' });
  }
}
Stage.CARDS = 200;
Stage.SLOTS = 48;
