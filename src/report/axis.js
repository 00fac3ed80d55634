// SPDX-License-Identifier: MIT
// The one time axis of timeline and charts: which stretch is shown. Whoever paints it listens.

class Axis {
  constructor(length) {
    this.length = Math.max(1, length);
    this.from = 0;
    this.to = this.length;
    this.listeners = [];
  }

  listen(listener) {
    this.listeners.push(listener);
  }

  show(from, to) {
    const width = Math.min(this.length, Math.max(Axis.SHORTEST, to - from));
    this.from = Math.min(Math.max(0, from), this.length - width);
    this.to = this.from + width;
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.listeners.forEach((listener) => listener());
    });
  }

  all() {
    this.show(0, this.length);
  }

  // Around `place`, a share of what is shown.
  zoom(factor, place = 0.5) {
    const middle = this.from + (this.to - this.from) * place;
    this.show(middle - (middle - this.from) * factor, middle + (this.to - middle) * factor);
  }

  // By a share of what is shown.
  pan(share) {
    const step = (this.to - this.from) * share;
    this.show(this.from + step, this.to + step);
  }

  share(time) {
    return (time - this.from) / (this.to - this.from);
  }

  // Round times, about `count` of them.
  ticks(count) {
    const rough = (this.to - this.from) / count;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((times) => times * power >= rough);
    const ticks = [];
    for (let tick = Math.ceil(this.from / step) * step; tick <= this.to; tick += step) ticks.push(tick);
    return ticks.map((time) => ({ time, text: Axis.label(time, step) }));
  }

  static label(time, step) {
    if (time === 0) return '0';
    const [unit, name] = step >= 1e5 ? [1e6, ' s'] : step >= 100 ? [1e3, ' ms'] : [1, ' \u00b5s'];
    return (time / unit).toFixed(Math.max(0, Math.round(-Math.log10(step / unit) + 0.3))) + name;
  }

  // Keys of whatever shows the axis; true when it was one.
  key(event) {
    const actions = {
      '+': () => this.zoom(0.5), '=': () => this.zoom(0.5), '-': () => this.zoom(2), '0': () => this.all(),
      ArrowLeft: () => this.pan(-0.2), ArrowRight: () => this.pan(0.2),
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !actions[event.key]) return false;
    actions[event.key]();
    event.preventDefault();
    return true;
  }

  // Drag to pan, Ctrl and wheel (or a pinch) to zoom, a wheel that goes sideways to pan.
  attach(surface, plot) {
    surface.addEventListener('wheel', (event) => {
      const box = plot().getBoundingClientRect();
      if (event.ctrlKey || event.metaKey)
        this.zoom(Math.exp(event.deltaY * 0.004), (event.clientX - box.left) / box.width);
      else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.pan(event.deltaX / box.width);
      else return;
      event.preventDefault();
    }, { passive: false });
    surface.addEventListener('pointerdown', (event) => {
      if (event.button === 0)
        this.dragged = { x: event.clientX, from: this.from, to: this.to, width: plot().clientWidth };
    });
    window.addEventListener('pointermove', (event) => {
      if (!this.dragged) return;
      const { x, from, to, width } = this.dragged;
      const moved = (x - event.clientX) / width * (to - from);
      this.show(from + moved, to + moved);
    });
    for (const end of ['pointerup', 'pointercancel'])
      window.addEventListener(end, () => { this.dragged = null; });
  }
}
Axis.SHORTEST = 100; // microseconds
