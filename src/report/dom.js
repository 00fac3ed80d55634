// SPDX-License-Identifier: MIT
// Making elements. Text from outside gets in as text or as an attribute, never as markup.

// element('a', {class: 'x', href: '...', onclick: f}, 'text', child...): null, undefined and false are left out.
function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

// Foreign text: whatever direction it is written in stays inside.
function foreign(text, attributes) {
  return element('bdi', attributes, Format.shown(text));
}

function byId(id) {
  return document.getElementById(id);
}

const Links = {
  // To a file beside the page: a relative path that stays below the base, or nothing.
  beside(base, path) {
    if (typeof base !== 'string' || base === '' || typeof path !== 'string' || path === '') return undefined;
    if (/^\/\//.test(base) || (/^[^/]*:/.test(base) && !/^file:\/\/\//i.test(base))) return undefined;
    const segments = path.split('/');
    if (segments.some((segment) => segment === '' || segment === '.' || segment === '..' || /[\\\0]/.test(segment)))
      return undefined;
    try {
      return base + segments.map(encodeURIComponent).join('/');
    } catch {
      return undefined; // half a surrogate pair
    }
  },

  web(url) {
    try {
      const parsed = new URL(url);
      return parsed.protocol === 'http:' || parsed.protocol === 'https:' ? parsed.href : undefined;
    } catch {
      return undefined;
    }
  },

  // A link where there is something to link to, otherwise the text alone.
  element(href, text, attributes) {
    if (href === undefined) return foreign(text);
    return element('a', { href, rel: 'noopener noreferrer', referrerpolicy: 'no-referrer', ...attributes }, foreign(text));
  },
};
