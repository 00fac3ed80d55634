// SPDX-License-Identifier: MIT
// A run in figures and words: what it reported itself, or, when it did not end, what its pictures tell.

const Summary = {
  of(run) {
    const stats = run.stats || {};
    const wall = stats.total_s > 0 ? stats.total_s * 1e6 : run.end;
    const outcome = (name) => stats[name] ?? run.pictures.filter((picture) => picture.outcome === name).length;
    const outputs = (line) => [...(line.edges || []), line.resized || {}];
    const bytesOf = (files) => files.reduce((sum, file) => sum + (file.bytes || 0), 0);
    return {
      ended: run.stats !== null,
      wall,
      ok: outcome('ok'),
      failed: outcome('failed'),
      cancelled: outcome('cancelled'),
      skipped: stats.skipped ?? 0,
      duplicates: stats.duplicates ?? 0,
      retries: stats.retries ?? run.pictures.reduce((sum, picture) => sum + picture.tries.length, 0),
      bytesIn: stats.bytes_in ?? bytesOf(run.pictures.map((picture) => picture.line.original || {})),
      bytesOut: stats.bytes_out ?? bytesOf(run.pictures.flatMap((picture) => outputs(picture.line))),
      download: Summary.stage(run, stats.download, 'downloading', wall),
      process: Summary.stage(run, stats.process, 'processing', wall),
      cpu: stats.main_cpu_s === undefined ? undefined
        : { main: stats.main_cpu_s * 1e6, workers: (stats.worker_cpu_s || 0) * 1e6 },
      pixels: stats.pixels ?? run.pictures.reduce((sum, { line }) => sum + (line.width || 0) * (line.height || 0), 0),
      heldMost: stats.peak_bytes_held ?? run.series.bytes.most,
    };
  },

  stage(run, told, state, wall) {
    const series = run.series[state];
    const busy = told && told.busy_s !== undefined ? told.busy_s * 1e6 : Model.busy(series);
    const most = told && told.peak !== undefined ? told.peak : series.most;
    return { busy, most, mean: Model.mean(series, 0, wall) };
  },

  // The first sentence: what came of it.
  outcome(run) {
    const { ok, failed, cancelled, skipped, wall } = Summary.of(run);
    if (ok + failed + cancelled + skipped === 0) return 'There was nothing to do.';
    const others = [
      failed ? Format.count(failed) + ' failed' : '',
      cancelled ? Format.count(cancelled) + (cancelled === 1 ? ' was cancelled' : ' were cancelled') : '',
      skipped ? Format.count(skipped) + ' had been done before' : '',
    ].filter(Boolean);
    const done = (ok === 0 ? 'No picture' : Format.counted(ok, 'picture')) + ' in ' + Format.time(wall);
    return done + (others.length ? '; ' + others.join(', ') : '') + '.';
  },

  // The second: what it was waiting for, and what would make it faster.
  verdict(run) {
    if (run.from_manifest)
      return 'Made from what the manifest says of each picture; what their runs measured of themselves is not kept there.';
    if (!run.stats)
      return 'This run did not end properly: it was killed, or the machine went down. The figures come from the ' +
        Format.counted(run.pictures.length, 'picture') + ' that it had finished.';
    const waits = {
      'network-bound': 'It was waiting for the network most of the time',
      'limit-bound': 'Its own limits kept it from downloading more at a time',
      'CPU-bound': 'Pictures were waiting for a worker: it needed more processor',
      'balanced': 'Network and workers were about equally busy',
    };
    const { verdict, advice } = run.stats;
    const words = waits[verdict] || (verdict ? 'It was ' + Format.shown(verdict) : '');
    return [words, advice ? Format.shown(advice) : ''].filter(Boolean).join(': ') + (words || advice ? '.' : '');
  },
};
