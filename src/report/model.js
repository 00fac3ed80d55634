// SPDX-License-Identifier: MIT
// What happened, from the manifest's lines: pure functions, no page. Times are whole microseconds since
// the run's start. A span is half open: at its last moment the picture is already in the next one.

const Model = {
  build(data) {
    return {
      ...data,
      runs: (data.runs || []).map((run, number) => Model.run(run, number)),
      thumbnails: data.thumbnails || {},
      left_out: data.left_out || 0,
    };
  },

  run(run, number) {
    const pictures = Clock.ofRun(run).map((line) => Model.picture(line));
    pictures.sort((a, b) => a.at - b.at || a.line.index - b.line.index);
    pictures.forEach((picture, place) => { picture.place = place; });
    for (const state of ['downloading', 'processing']) Model.giveLanes(pictures, state);
    const options = run.options || {};
    const stats = run.stats || null;
    const result = {
      ...run, number, pictures, options, stats,
      name: Format.shown(run.name || 'run ' + (number + 1)),
      end: pictures.reduce((end, picture) => Math.max(end, picture.end), 0),
      limit: Model.capacity(stats && stats.limit, options.limit, pictures, 'downloading'),
      workers: Model.capacity(stats && stats.workers, options.workers, pictures, 'processing'),
    };
    result.series = Model.seriesOf(result);
    return result;
  },

  us(ms) {
    return typeof ms === 'number' && isFinite(ms) ? Math.round(ms * 1000) : undefined;
  },

  // Of a line: {line, name, at, end, spans, parts, outcome}.
  picture(line) {
    const ms = line.ms || {};
    const at = Model.us(ms.at) ?? 0;
    const picture = {
      line, at, name: Format.nameOf(line.url), outcome: line.status, spans: [],
      tries: line.tries || [], attempts: line.attempts ?? 0,
    };
    picture.end = Model.addSpans(picture, ms);
    picture.parts = Model.partsOf(picture, ms);
    return picture;
  },

  addSpans(picture, ms) {
    let now = picture.at;
    const add = (state, length, more) => {
      if (length === undefined) return;
      picture.spans.push({ state, from: now, to: now + length, picture, ...more });
      now += length;
    };
    picture.tries.forEach((attempt, i) => {
      const at = attempt.at >= 0 ? Model.us(attempt.at)
        : now + (Model.us((picture.tries[i - 1] || {}).wait) ?? 0);
      if (at > now) add('queued', at - now, { pause: i > 0 });
      add('downloading', Model.us(attempt.ms) ?? 0, { attempt: i + 1, failed: attempt, lane: attempt.lane });
    });
    const last = picture.at + (Model.us(ms.queued) ?? now - picture.at);
    if (last > now) add('queued', last - now, { pause: picture.tries.length > 0 });
    const lanes = picture.line.lanes || {};
    add('downloading', Model.us(ms.download) ?? Model.sum(ms, ['dns', 'connect', 'tls', 'wait', 'body']),
      { attempt: picture.tries.length + 1, lane: lanes.download });
    add('held', Model.us(ms.held));
    add('processing', Model.us(ms.process) ?? Model.sum(ms, ['decode', 'detect', 'encode']),
      { lane: lanes.worker });
    add('writing', Model.us(ms.write));
    const end = picture.at + (Model.us(ms.total) ?? 0);
    if (end > now) add(Model.stateOfStage(picture), end - now);
    return now;
  },

  // The state of a stretch that no part of the line accounts for: where the picture was when it ended.
  stateOfStage(picture) {
    const states = { list: 'queued', download: 'downloading', hold: 'held', process: 'processing', write: 'writing' };
    const last = picture.spans[picture.spans.length - 1];
    const state = states[picture.line.stage];
    if (last === undefined) return state === undefined ? 'queued' : state;
    if (picture.outcome === 'ok') return 'writing';
    return last.state === 'downloading' || state === undefined ? 'held' : state;
  },

  sum(ms, keys) {
    const known = keys.map((key) => Model.us(ms[key])).filter((part) => part !== undefined);
    return known.length === 0 ? undefined : known.reduce((a, b) => a + b, 0);
  },

  // What the timeline paints: the spans, cut into their phases as far as these are known.
  partsOf(picture, ms) {
    const phases = {
      downloading: ['dns', 'connect', 'tls', 'wait', 'body'],
      processing: ['decode', 'detect', 'encode'],
    };
    const plain = { queued: 'queued', downloading: 'download', held: 'held', processing: 'process', writing: 'write' };
    const parts = [];
    for (const span of picture.spans) {
      if (span.failed) {
        parts.push({ kind: 'try', from: span.from, to: span.to });
        continue;
      }
      let now = span.from;
      for (const kind of phases[span.state] || []) {
        const length = Model.us(ms[kind]);
        if (length === undefined || now >= span.to) continue;
        parts.push({ kind, from: now, to: Math.min(span.to, now + length) });
        now += length;
      }
      if (now < span.to) parts.push({ kind: span.pause ? 'pause' : plain[span.state], from: now, to: span.to });
    }
    return parts;
  },

  spansIn(pictures, state) {
    return pictures.flatMap((picture) => picture.spans.filter((span) => span.state === state))
      .sort((a, b) => a.from - b.from || a.to - b.to);
  },

  // Where the manifest does not tell the slots, each takes the lowest that is free.
  giveLanes(pictures, state) {
    const spans = Model.spansIn(pictures, state);
    if (spans.every((span) => Number.isInteger(span.lane))) return;
    const free = [];
    for (const span of spans) {
      let lane = free.findIndex((end) => end <= span.from);
      if (lane < 0) lane = free.length;
      free[lane] = span.to;
      span.lane = lane;
    }
  },

  capacity(used, asked, pictures, state) {
    if (used > 0) return used;
    if (asked > 0) return asked;
    return 1 + Model.spansIn(pictures, state).reduce((most, span) => Math.max(most, span.lane), -1);
  },

  // A step function: how much there is from each time on.
  series(intervals) {
    const changes = new Map();
    for (const { from, to, weight = 1 } of intervals) {
      if (from >= to) continue;
      changes.set(from, (changes.get(from) || 0) + weight);
      changes.set(to, (changes.get(to) || 0) - weight);
    }
    const times = [...changes.keys()].sort((a, b) => a - b);
    let value = 0;
    const values = times.map((time) => (value += changes.get(time)));
    return { times, values, most: values.reduce((a, b) => Math.max(a, b), 0) };
  },

  // How many of the sorted times are not after `time`.
  upTo(times, time) {
    let low = 0;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  },

  valueAt(series, time) {
    const place = Model.upTo(series.times, time);
    return place === 0 ? 0 : series.values[place - 1];
  },

  mean(series, from, to) {
    let area = 0;
    let now = from;
    for (let i = Model.upTo(series.times, from); i < series.times.length && series.times[i] < to; i++) {
      area += (series.times[i] - now) * (i === 0 ? 0 : series.values[i - 1]);
      now = series.times[i];
    }
    area += (to - now) * Model.valueAt(series, now);
    return to > from ? area / (to - from) : 0;
  },

  // For how long it is above zero.
  busy(series) {
    return series.times.reduce((sum, time, i) =>
      series.values[i] > 0 ? sum + series.times[i + 1] - time : sum, 0);
  },

  seriesOf(run) {
    const series = {};
    for (const state of ['queued', 'downloading', 'held', 'processing', 'writing'])
      series[state] = Model.series(Model.spansIn(run.pictures, state));
    series.bytes = Model.series(run.pictures.map((picture) => Model.heldBytes(picture)).filter(Boolean));
    const listed = run.pictures.map((picture) => ({ from: picture.at, to: Infinity }));
    series.listed = Model.series(listed);
    for (const outcome of ['ok', 'failed', 'cancelled'])
      series[outcome] = Model.series(run.pictures.filter((picture) => picture.outcome === outcome)
        .map((picture) => ({ from: picture.end, to: Infinity })));
    return series;
  },

  // A picture's bytes count from their arrival until it is finished: about what the run held.
  heldBytes(picture) {
    const last = picture.spans.filter((span) => span.state === 'downloading' && !span.failed).pop();
    const bytes = (picture.line.original || {}).bytes;
    return last && bytes > 0 ? { from: last.to, to: picture.end, weight: bytes } : undefined;
  },

  countsAt(run, time) {
    const at = (name) => Model.valueAt(run.series[name], time);
    const counts = {};
    for (const state of ['queued', 'downloading', 'held', 'processing', 'writing', 'ok', 'failed', 'cancelled'])
      counts[state] = at(state);
    counts.done = counts.ok + counts.failed + counts.cancelled;
    counts.coming = run.pictures.length - at('listed');
    counts.bytes = at('bytes');
    return counts;
  },

  // Where a picture is: its span, or null before the first and after the last.
  spanAt(picture, time) {
    return picture.spans.find((span) => span.from <= time && time < span.to) || null;
  },
};
