// SPDX-License-Identifier: MIT
// How full the limit, the pool and the memory were, under the timeline's axis.

class Charts {
  constructor(runs, axis) {
    this.runs = runs;
    this.axis = axis;
    this.charts = [
      { name: 'downloads in flight', of: 'limit', state: 'downloading', text: Format.count },
      { name: 'workers busy', of: 'workers', state: 'processing', text: Format.count },
      { name: 'bytes held', state: 'bytes', text: Format.bytes },
    ].map((chart) => this.make(chart));
    byId('charts').replaceChildren(...this.charts.map((chart) => chart.element));
    axis.attach(byId('charts'), () => byId('ticks'));
    axis.listen(() => this.paint());
    this.paint();
  }

  make(chart) {
    const capacity = Math.max(0, ...this.runs.map((run) => chart.of ? run[chart.of] : 0));
    const most = Math.max(...this.runs.map((run) => run.series[chart.state].most), 0);
    chart.top = Math.max(1, capacity, most) * 1.08;
    chart.svg = Charts.svg('svg', { viewBox: '0 0 1000 100', preserveAspectRatio: 'none', 'aria-hidden': 'true' });
    const told = this.runs.map((run) => {
      const series = run.series[chart.state];
      const many = chart.of ? ' of ' + Format.count(run[chart.of]) : '';
      const mean = Model.mean(series, 0, run.end);
      const average = chart.of ? mean.toFixed(1) : Format.bytes(Math.round(mean));
      return { run, text: this.runs.length > 1 ? chart.text(series.most) + many + ', mean ' + average
        : 'at most ' + chart.text(series.most) + many + ', ' + average + ' on average' };
    });
    const several = this.runs.length > 1;
    chart.element = element('figure', { class: 'chart' },
      element('figcaption', {}, element('strong', {}, chart.name),
        told.map(({ run, text }) => element('span', { class: 'told' },
          several ? element('span', { class: 'swatch line run' + run.number % 4, 'aria-hidden': 'true' }) : null,
          (several ? run.name + ': ' : '') + text))),
      element('div', { class: 'plot' }, chart.svg,
        element('span', { class: 'top', 'aria-hidden': 'true' }, chart.text(chart.of ? capacity : most))));
    return chart;
  }

  static svg(tag, attributes) {
    const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  }

  paint() {
    for (const chart of this.charts) {
      const y = (value) => (100 - 100 * value / chart.top).toFixed(2);
      const shapes = this.runs.flatMap((run) => {
        const line = this.line(run.series[chart.state], y);
        const colour = this.runs.length > 1 ? 'run' + run.number % 4 : chart.state;
        return [
          ...(this.runs.length === 1
            ? [Charts.svg('path', { class: 'area ' + colour, d: line + 'V100H0Z' })] : []),
          Charts.svg('path', { class: 'line ' + colour, d: line }),
        ];
      });
      for (const capacity of new Set(this.runs.map((run) => chart.of ? run[chart.of] : 0)))
        if (capacity > 0)
          shapes.push(Charts.svg('path', { class: 'capacity', d: 'M0 ' + y(capacity) + 'H1000' }));
      chart.svg.replaceChildren(...shapes);
    }
  }

  // Steps; where there are more than can be seen, the highest of each thousandth.
  line(series, y) {
    const { axis } = this;
    const first = Model.upTo(series.times, axis.from);
    const last = Model.upTo(series.times, axis.to);
    let path = 'M0 ' + y(Model.valueAt(series, axis.from));
    let column = -1;
    let highest = 0;
    for (let i = first; i < last; i++) {
      const x = axis.share(series.times[i]) * 1000;
      if (last - first <= 2000) {
        path += 'H' + x.toFixed(2) + 'V' + y(series.values[i]);
        continue;
      }
      if (Math.floor(x) !== column) {
        if (column >= 0) path += 'H' + column + 'V' + y(highest);
        column = Math.floor(x);
        highest = i > 0 ? series.values[i - 1] : 0;
      }
      highest = Math.max(highest, series.values[i]);
    }
    if (column >= 0) path += 'H' + column + 'V' + y(highest) + 'V' + y(Model.valueAt(series, axis.to));
    return path + 'H1000';
  }
}
