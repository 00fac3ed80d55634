// SPDX-License-Identifier: MIT
// Numbers and foreign text, made readable.

const Format = {
  // Exactly as recorded: the manifest's times have three decimals.
  exact(us) {
    return (us / 1000).toFixed(3) + ' ms';
  },

  // To three significant figures or so.
  time(us) {
    if (us < 1000) return Math.round(us) + ' \u00b5s';
    if (us < 1e6) return Format.figures(us / 1000) + ' ms';
    if (us < 6e7) return Format.figures(us / 1e6) + ' s';
    const seconds = Math.round(us / 1e6);
    if (seconds < 3600) return Math.floor(seconds / 60) + ' min ' + seconds % 60 + ' s';
    return Math.floor(seconds / 3600) + ' h ' + Math.floor(seconds % 3600 / 60) + ' min';
  },

  figures(value) {
    const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
    return value.toFixed(digits);
  },

  bytes(bytes) {
    const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
    let unit = 0;
    while (bytes >= 1000 && unit < units.length - 1) {
      bytes /= 1024;
      unit++;
    }
    return (unit === 0 ? String(bytes) : Format.figures(bytes)) + '\u00a0' + units[unit];
  },

  count(value) {
    return value.toLocaleString('en');
  },

  // "1 picture", "12 pictures"
  counted(value, noun) {
    return Format.count(value) + ' ' + noun + (value === 1 ? '' : 's');
  },

  percent(part, whole) {
    return whole > 0 ? Math.round(100 * part / whole) + '\u00a0%' : '\u2013';
  },

  // Text from outside: what does not print, or would turn the writing round, is spelled out.
  shown(text) {
    return String(text).replace(
      /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
      (char) => '\\u' + char.charCodeAt(0).toString(16).padStart(4, '0'));
  },

  // The last part of a URL's path, which is what people call the picture.
  nameOf(url) {
    const path = String(url).replace(/[?#].*$/s, '').replace(/\/+$/, '');
    const last = path.slice(path.lastIndexOf('/') + 1) || String(url);
    try {
      return Format.shown(decodeURIComponent(last));
    } catch {
      return Format.shown(last);
    }
  },

  hostOf(url) {
    try {
      const parsed = new URL(url);
      return parsed.protocol === 'file:' ? 'this machine' : Format.shown(parsed.host);
    } catch {
      return 'no host';
    }
  },
};
