// SPDX-License-Identifier: MIT
// A table that is sorted by its headings and shows one page of its rows at a time.

// columns: [{name, value(row) for sorting, cell(row) for showing, number: true}]
class Table {
  constructor({ caption, columns, rows, sort = 0, down = false, rowsAtOnce }) {
    Object.assign(this, { columns, rows, sort, down, rowsAtOnce, page: 0 });
    this.body = element('tbody');
    this.heads = columns.map((column, i) => element('th', { scope: 'col', class: column.number && 'number' },
      element('button', { type: 'button', class: 'sort', onclick: () => this.sortBy(i) }, column.name)));
    this.pager = new Pager('rows', (page) => { this.page = page; this.fill(); });
    this.element = element('div', {},
      element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
        element('table', {}, element('caption', {}, caption),
          element('thead', {}, element('tr', {}, this.heads)), this.body)),
      this.pager.element);
    this.arrange();
  }

  sortBy(column) {
    this.down = this.sort === column ? !this.down : Boolean(this.columns[column].number);
    this.sort = column;
    this.page = 0;
    this.arrange();
  }

  arrange() {
    const { value } = this.columns[this.sort];
    const order = (a, b) => {
      const [x, y] = [value(a), value(b)];
      if (typeof x === 'number' || typeof y === 'number') return (x ?? -1) - (y ?? -1);
      return String(x ?? '').localeCompare(String(y ?? ''), 'en');
    };
    this.rows = [...this.rows].sort((a, b) => this.down ? order(b, a) : order(a, b));
    this.heads.forEach((head, i) => {
      if (i === this.sort) head.setAttribute('aria-sort', this.down ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    });
    this.fill();
  }

  fill() {
    const first = this.page * this.rowsAtOnce;
    this.body.replaceChildren(...this.rows.slice(first, first + this.rowsAtOnce).map((row) =>
      element('tr', {}, this.columns.map((column) =>
        element('td', { class: column.number && 'number' }, column.cell(row))))));
    this.pager.show(this.page, Math.ceil(this.rows.length / this.rowsAtOnce));
  }
}

// Back, forth, and where one is; hidden when there is one page.
class Pager {
  constructor(noun, turn) {
    this.turn = turn;
    this.back = element('button', { type: 'button', onclick: () => this.go(this.page - 1) }, 'Previous ' + noun);
    this.forth = element('button', { type: 'button', onclick: () => this.go(this.page + 1) }, 'Next ' + noun);
    this.where = element('span', { role: 'status' });
    this.element = element('div', { class: 'pager' }, this.back, this.where, this.forth);
  }

  go(page) {
    if (page >= 0 && page < this.pages) this.turn(page);
  }

  show(page, pages) {
    Object.assign(this, { page, pages });
    this.element.hidden = pages <= 1;
    this.where.textContent = 'page ' + (page + 1) + ' of ' + pages;
    // Not "disabled": that would take the focus away from under the finger.
    this.back.setAttribute('aria-disabled', page === 0);
    this.forth.setAttribute('aria-disabled', page + 1 >= pages);
  }
}
