// SPDX-License-Identifier: MIT
// From the manifest's calendar to the run's clock. Lines say when they began in milliseconds since the epoch, and a
// directory's lines can come from several runs with days between them.

const Clock = {
  EPOCH: 1e15, // microseconds: what is less is on the run's clock already
  PAUSE: 2e6, // of what lies between two runs no more than this is shown

  // The newest line about each URL; `at`, also that of its tries, is since the run's start.
  ofRun(run) {
    const newest = new Map();
    for (const line of run.pictures || []) newest.set(line.url, line);
    const known = run.started_ms > 0;
    const lines = [...newest.values()].sort((a, b) => Clock.at(a) - Clock.at(b));
    const first = lines.map(Clock.at).find((at) => at >= Clock.EPOCH);
    if (first === undefined) return lines;
    let zero = known ? Math.round(run.started_ms * 1000) : first;
    let busyUntil = zero;
    return lines.map((line) => {
      const at = Clock.at(line);
      if (at < 0) return line;
      if (!known && at > busyUntil + Clock.PAUSE) zero += at - busyUntil - Clock.PAUSE;
      busyUntil = Math.max(busyUntil, at + (Model.us(line.ms.total) ?? 0));
      return Clock.moved(line, zero);
    });
  },

  at(line) {
    return Model.us((line.ms || {}).at) ?? -1;
  },

  moved(line, zero) {
    const since = (at) => (Model.us(at) === undefined ? undefined : Math.max(0, Model.us(at) - zero) / 1000);
    const tries = line.tries && line.tries.map((attempt) => ({ ...attempt, at: since(attempt.at) }));
    return { ...line, ms: { ...line.ms, at: since(line.ms.at) }, ...(tries && { tries }) };
  },

  // When the run began, for people.
  started(run) {
    return run.started || (run.started_ms > 0 ? new Date(run.started_ms).toISOString() : undefined);
  },
};
