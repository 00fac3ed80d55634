// SPDX-License-Identifier: MIT
// The run again: every picture is a card that goes from box to box as it was recorded. What is shown depends
// on the time alone, so that stepping, scrubbing and playing cannot differ.

class Replay {
  constructor(run, thumbnails, moved) {
    this.run = run;
    this.moved = moved; // is told the time
    this.moments = Story.moments(run);
    this.times = this.moments.map((moment) => moment.time);
    this.time = 0;
    this.stage = new Stage(run, thumbnails);
    this.sentence = byId('sentence');
    byId('scrub').max = Math.max(1, run.end);
    this.show(0);
  }

  countsAt(ms) {
    return Model.countsAt(this.run, Math.round(ms * 1000));
  }

  show(time) {
    this.time = Math.min(this.run.end, Math.max(0, time));
    const scrub = byId('scrub');
    scrub.value = this.time;
    const clock = Format.time(this.time) + ' of ' + Format.time(this.run.end);
    scrub.setAttribute('aria-valuetext', clock);
    byId('clock').textContent = clock;
    const place = Model.upTo(this.times, this.time) - 1;
    if (place !== this.place) {
      this.place = place;
      this.sentence.textContent = place >= 0 ? Story.tell(this.run, this.moments[place])
        : this.moments.length ? 'The run has begun; nothing has happened yet.' : 'There is nothing to replay.';
    }
    this.stage.show(this.time);
    this.moved(this.time);
  }

  // To the next moment at which something happens, or the one before.
  step(way) {
    this.pause();
    const next = way > 0 ? Model.upTo(this.times, this.time) : this.times.findLastIndex((time) => time < this.time);
    if (next >= 0 && next < this.times.length) this.show(this.times[next]);
    else this.show(way > 0 ? this.run.end : 0);
  }

  get playing() {
    return this.frame !== undefined;
  }

  play() {
    if (this.run.end === 0) return;
    if (this.time >= this.run.end) this.show(0);
    this.sentence.setAttribute('aria-live', 'off'); // nobody could listen so fast
    this.before = performance.now();
    this.frame = requestAnimationFrame((now) => this.tick(now));
    this.tellButton();
  }

  pause() {
    cancelAnimationFrame(this.frame);
    this.frame = undefined;
    this.sentence.setAttribute('aria-live', 'polite');
    this.tellButton();
  }

  tellButton() {
    byId('play').textContent = this.playing ? 'Pause' : 'Play';
  }

  tick(now) {
    const speed = byId('speed').value;
    const rate = speed === 'whole' ? this.run.end / 1e4 : Number(speed) * 1000; // microseconds a millisecond
    const time = this.time + Math.max(0, now - this.before) * rate;
    this.before = now;
    this.frame = requestAnimationFrame((next) => this.tick(next));
    this.show(time);
    if (time >= this.run.end) this.pause();
  }

  // The controls are there once; the replay that they steer is the one of the run that is shown.
  static listen(current) {
    byId('play').addEventListener('click', () => current().playing ? current().pause() : current().play());
    byId('back').addEventListener('click', () => current().step(-1));
    byId('step').addEventListener('click', () => current().step(1));
    byId('scrub').addEventListener('input', (event) => {
      current().pause();
      current().show(Math.round(Number(event.target.value)));
    });
  }
}
