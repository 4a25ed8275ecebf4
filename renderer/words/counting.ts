/** Numbers, ages and sizes as people say them. */

const number = new Intl.NumberFormat('en');
const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' });
const moment = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

export function formatNumber(value: number): string {
  return number.format(value);
}

/** `1 secret`, `12 secrets`. */
export function count(value: number, one: string, many: string): string {
  return `${number.format(value)} ${value === 1 ? one : many}`;
}

const minute = 60_000;
const steps = [
  { below: minute, say: () => 'just now' },
  { below: 60 * minute, say: (age: number) => `${Math.floor(age / minute)} min ago` },
  { below: 24 * 60 * minute, say: (age: number) => `${Math.floor(age / (60 * minute))} h ago` },
  {
    below: 45 * 24 * 60 * minute,
    say: (age: number) => `${count(Math.floor(age / (24 * 60 * minute)), 'day', 'days')} ago`,
  },
] as const;

/** How long ago a time was; from 45 days on, its date. */
export function formatAge(iso: string, now: number): string {
  const time = Date.parse(iso);
  const age = Math.max(0, now - time);
  return steps.find(({ below }) => age < below)?.say(age) ?? day.format(time);
}

export function formatMoment(iso: string): string {
  return moment.format(Date.parse(iso));
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${number.format(Math.round(bytes / 100) / 10)} kB`;
  return `${number.format(Math.round(bytes / 100_000) / 10)} MB`;
}
