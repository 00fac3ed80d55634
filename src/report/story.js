// SPDX-License-Identifier: MIT
// A run as a list of moments, each with what happened then, told in plain sentences.

const Story = {
  // [{time, events: [{kind, picture, span, next}]}], in the order of time.
  moments(run) {
    const events = run.pictures.flatMap((picture) => Story.eventsOf(picture));
    events.sort((a, b) => a.time - b.time);
    const moments = [];
    for (const event of events) {
      const last = moments[moments.length - 1];
      if (last && last.time === event.time) last.events.push(event);
      else moments.push({ time: event.time, events: [event] });
    }
    return moments;
  },

  eventsOf(picture) {
    const events = [{ time: picture.at, kind: 'listed', picture }];
    picture.spans.forEach((span, i) => {
      const next = picture.spans[i + 1];
      const event = (kind, time) => events.push({ time, kind, picture, span, next });
      if (span.state === 'downloading') {
        event('asked', span.from);
        if (span.failed) event('tryFailed', span.to);
        else if (next) event('arrived', span.to);
      }
      if (span.state === 'processing') {
        event('taken', span.from);
        if (next) event('processed', span.to);
      }
    });
    events.push({ time: picture.end, kind: picture.outcome, picture });
    return events;
  },

  // What happens at a moment. A hand-over at once (arrived and taken) is one sentence.
  tell(run, moment) {
    const events = moment.events.filter((event) => !(event.kind === 'taken' && moment.events.some(
      (other) => other.picture === event.picture && other.kind === 'arrived')));
    if (events.length <= 2) return events.map((event) => Story.sentence(run, event)).join(' ');
    const counts = new Map();
    for (const { kind } of events) counts.set(kind, (counts.get(kind) || 0) + 1);
    return [...counts].map(([kind, count]) =>
      count === 1 ? Story.sentence(run, events.find((event) => event.kind === kind))
        : Story.together(kind, count)).join(' ');
  },

  together(kind, count) {
    const words = {
      listed: 'are on the list and queued', asked: 'are asked for', arrived: 'have arrived',
      tryFailed: 'did not come and will be tried again', taken: 'go to workers',
      processed: 'come back from workers', ok: 'are done', failed: 'have failed', cancelled: 'are cancelled',
    };
    return Format.counted(count, 'picture') + ' ' + (words[kind] || 'are finished') + '.';
  },

  sentence(run, event) {
    const { picture, span } = event;
    const tell = Story.tellers[event.kind];
    return tell ? tell(picture, span, run, event) : picture.name + ' is finished.';
  },

  tellers: {
    listed: (picture) => picture.name + ' is read from the list and queued.',
    asked: (picture, span, run) => 'Slot ' + (span.lane + 1) + ' is free: the event loop asks ' +
      Format.hostOf(picture.line.url) + ' for ' + picture.name +
      (span.attempt > 1 ? ' again (attempt ' + span.attempt + ')' : '') + '.',
    tryFailed: (picture, span) => picture.name + ' did not come: ' + Format.shown(span.failed.code || 'failed') +
      (span.failed.http ? ' (HTTP ' + span.failed.http + ')' : '') + ' after ' + Format.time(span.to - span.from) +
      (span.failed.wait >= 0 ? '; it is tried again, but not within ' + Format.time(span.failed.wait * 1000)
        : '; it is tried again') + '.',
    arrived: (picture, span, run, event) => picture.name + ' has arrived (' + Story.size(picture) +
      Format.time(span.to - span.from) + ')' + Story.whatNext(run, event) + '.',
    taken: (picture, span) => {
      const held = picture.spans.find((other) => other.state === 'held');
      return 'Worker ' + (span.lane + 1) + ' takes ' + picture.name +
        (held && held.to > held.from ? ', which was held for ' + Format.time(held.to - held.from) : '') + '.';
    },
    processed: (picture, span) => {
      const ms = picture.line.ms || {};
      const parts = [['decode', 'decoded'], ['detect', 'edges found'], ['encode', 'encoded']]
        .filter(([key]) => ms[key] !== undefined)
        .map(([key, word]) => word + ' in ' + Format.time(ms[key] * 1000));
      return 'Worker ' + (span.lane + 1) + ' has finished ' + picture.name +
        (parts.length ? ' (' + parts.join(', ') + ')' : '') + '; its files get their names.';
    },
    ok: (picture) => picture.name + ' is done, ' + Format.time(picture.end - picture.at) + ' after it was queued.',
    failed: (picture) => {
      const error = picture.line.error || {};
      return picture.name + ' has failed: ' + Format.shown(error.code || 'unknown') +
        (error.message ? ', ' + Format.shown(error.message) : '') + '.';
    },
    cancelled: (picture) => picture.name + ' is cancelled.',
  },

  size(picture) {
    const bytes = (picture.line.original || {}).bytes;
    return bytes > 0 ? Format.bytes(bytes) + ' in ' : 'after ';
  },

  whatNext(run, { picture, span, next }) {
    const work = picture.spans.find((other) => other.state === 'processing');
    if (next.state === 'writing') return '; it is written';
    if (!work) return '';
    if (work.from === span.to) return '; worker ' + (work.lane + 1) + ' is idle and takes it';
    const busy = Model.valueAt(run.series.processing, span.to);
    if (busy >= run.workers) return '; all workers are busy, so it is held';
    return '; worker ' + (work.lane + 1) + ' is idle and takes it after ' + Format.time(work.from - span.to);
  },
};
