/** Tells a person who does not look at the window that a secret stands in plain text again. */
import type { AppEvent } from '../shared/models/health.ts';
import type { ElectronParts } from './parts.ts';

export type ExposedAgain = Extract<AppEvent, { readonly type: 'exposed-again' }>;

export interface AlarmOptions {
  /** The window shows it itself while it is seen. */
  readonly isSeen: () => boolean;
  readonly open: () => void;
  /** Runs the work once what is going on has ended: news of one look come together. */
  readonly later: (work: () => void) => void;
}

/** Hears the news; one look at many entries is one notification. */
export function createAlarm(
  { Notification }: Pick<ElectronParts, 'Notification'>,
  { isSeen, open, later }: AlarmOptions,
): (event: ExposedAgain) => void {
  let heard: ExposedAgain[] = [];
  // Kept, or it would be collected and its click with it.
  let shown: InstanceType<ElectronParts['Notification']> | undefined;
  const tell = () => {
    const events = heard;
    heard = [];
    if (events.length === 0 || isSeen() || !Notification.isSupported()) return;
    shown?.close();
    shown = new Notification(describeAlarm(events));
    shown.on('click', open);
    shown.show();
  };
  return (event) => {
    heard.push(event);
    if (heard.length === 1) later(tell);
  };
}

export function describeAlarm(events: readonly ExposedAgain[]): { title: string; body: string } {
  const names = [...new Set(events.map(({ entryName }) => cleanName(entryName)))];
  const more = names.length - 1;
  return {
    title: 'A secret stands in plain text again',
    body: `${names[0]}${more === 0 ? '' : ` and ${more} more`}. Open Portcullis to put it right.`,
  };
}

/** Files of others name entries; some systems take a notification's text for markup. */
function cleanName(name: string): string {
  return (
    name
      .replaceAll(/[\p{C}\p{Z}<>&]+/gu, ' ')
      .trim()
      .slice(0, 60) || 'An entry'
  );
}
