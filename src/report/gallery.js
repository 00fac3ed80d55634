// SPDX-License-Identifier: MIT
// Originals and edges, one over the other, with a slider between; and links to the files beside the page.

class Gallery {
  constructor(run, thumbnails) {
    this.run = run;
    this.thumbnails = thumbnails;
    this.pictures = run.pictures.filter((picture) => picture.outcome === 'ok');
    this.pager = new Pager('pictures', (page) => this.show(page));
    byId('gallery-pager').replaceChildren(this.pager.element);
    byId('gallery-empty').hidden = this.pictures.length > 0;
    this.show(0);
  }

  show(page) {
    const pictures = this.pictures.slice(page * Gallery.PAGE, (page + 1) * Gallery.PAGE);
    byId('pictures').replaceChildren(...pictures.map((picture) => this.figure(picture)));
    this.pager.show(page, Math.ceil(this.pictures.length / Gallery.PAGE));
  }

  figure(picture) {
    const { line } = picture;
    return element('li', {}, element('figure', {},
      this.compare(picture),
      element('figcaption', {},
        element('strong', {}, Links.element(Links.web(line.url), picture.name)),
        element('span', { class: 'quiet' }, [
          line.width > 0 ? line.width + '\u00d7' + line.height : '',
          Format.time(picture.end - picture.at),
          picture.attempts > 1 ? picture.attempts + ' attempts' : '',
        ].filter(Boolean).join(' \u00b7 ')),
        element('span', { class: 'files' }, this.files(line)))));
  }

  compare(picture) {
    const thumbs = this.thumbnails(picture);
    const { original, edges } = thumbs;
    if (!original && !edges) return element('p', { class: 'compare none' }, 'no thumbnail');
    const box = element('div', { class: 'compare' },
      original && element('img', { src: original, alt: 'original of ' + picture.name }),
      edges && element('img', { src: edges, alt: 'edges of ' + picture.name, class: original ? 'over' : null }));
    if (!original || !edges) return box;
    const slider = element('input', {
      type: 'range', min: 0, max: 100, value: 50, 'aria-label': 'original or edges of ' + picture.name,
      oninput: () => cut(),
    });
    const cut = () => {
      box.style.setProperty('--cut', slider.value + '%');
      slider.setAttribute('aria-valuetext', slider.value + ' % original');
    };
    cut();
    box.append(element('span', { class: 'bar', 'aria-hidden': 'true' }), slider);
    return box;
  }

  files({ original, edges, resized, type }) {
    const link = (name, file) => file && [
      Links.element(Links.beside(this.run.base, file.path), name),
      file.bytes > 0 ? ' ' + Format.bytes(file.bytes) : '',
    ];
    const several = (edges || []).length > 1;
    return [
      link('original' + (type ? ' (' + type + ')' : ''), original),
      ...(edges || []).map((file) => link('edges' + (several ? ' by ' + file.detector : ''), file)),
      link('resized', resized),
    ].filter(Boolean).map((parts) => element('span', {}, parts));
  }
}
Gallery.PAGE = 12;
