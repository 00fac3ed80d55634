// SPDX-License-Identifier: MIT
// From the manifest's calendar to the run's clock: lines say when they began in milliseconds since the epoch,
// and a directory's lines can come from several runs with days between them.

const Clock = {
  PAUSE_US: 2_000_000, // what is longer, with nothing under way, lies between two runs and is cut down to this

  // The newest line about each URL, with `at`, and the `at` of its tries, since the run's start.
  ofRun(run) {
    const newest = new Map();
    for (const line of run.pictures || []) newest.set(line.url, line);
    const lines = [...newest.values()];
    if (run.started_ms === undefined) return lines; // they have the run's clock already
    const begun = lines.map((line) => ({ line, at: Clock.us(line.ms && line.ms.at) }));
    begun.sort((a, b) => a.at - b.at);
    const known = run.started_ms > 0;
    let zero = known ? Clock.us(run.started_ms) : (begun.length > 0 ? begun[0].at : 0);
    let busyUntil = zero;
    return begun.map(({ line, at }) => {
      if (!known && at > busyUntil + Clock.PAUSE_US) zero += at - busyUntil - Clock.PAUSE_US;
      busyUntil = Math.max(busyUntil, at + Clock.us(line.ms && line.ms.total));
      return Clock.moved(line, zero);
    });
  },

  us(ms) {
    return Math.round((ms || 0) * 1000);
  },

  moved(line, zero) {
    const since = (at) => Math.max(0, Clock.us(at) - zero) / 1000;
    const tries = line.tries && line.tries.map((attempt) => ({ ...attempt, at: since(attempt.at) }));
    return { ...line, ms: { ...line.ms, at: since(line.ms && line.ms.at) }, ...(tries && { tries }) };
  },
};
