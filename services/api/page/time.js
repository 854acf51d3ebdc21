// Times as the desk reads them: always UTC, always written as such.

const pad = (number) => String(number).padStart(2, "0");

/** Milliseconds of an RFC 3339 text; null when it is absent or unreadable. */
export function instant(text) {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? null : time;
}

/** `2026-11-23` of milliseconds since 1970. */
export const day = (time) => new Date(time).toISOString().slice(0, 10);

/** `10:21:45 UTC`. */
export const clock = (time) => `${new Date(time).toISOString().slice(11, 19)} UTC`;

/** `2026-11-23 10:21 UTC`. */
export const stamp = (time) =>
  time === null ? "time unknown" : `${day(time)} ${new Date(time).toISOString().slice(11, 16)} UTC`;

/** `10:21 UTC` today, with the day before it on any other. */
export const minute = (time) =>
  day(time) === day(Date.now()) ? stamp(time).slice(11) : stamp(time);

/** How long `span` milliseconds are, in two figures at most: `45 s`, `12 min`, `3 h 05 min`. */
export function length(span) {
  const seconds = Math.max(0, Math.round(span / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) {
    return `${Math.floor(seconds / 3600)} h ${pad(Math.floor((seconds % 3600) / 60))} min`;
  }
  const days = Math.floor(seconds / 86400);
  return days < 400 ? `${days} d` : `${(days / 365.25).toFixed(1)} years`;
}

let newest = 0;

/** Tells this clock of an event's time: a feed that runs ahead of the wall clock carries it on. */
export function seen(time) {
  if (time !== null && time > newest) newest = time;
}

/** Now for "how long ago": the wall clock, or the newest event where a feed runs ahead of it. */
export const now = () => Math.max(Date.now(), newest);

/** `12 min ago`. */
export const ago = (time) => (time === null ? "time unknown" : `${length(now() - time)} ago`);
