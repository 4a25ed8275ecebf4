/**
 * One line per launch in `<data>/activity/launches.jsonl`: all that is known of a running server,
 * because the launcher becomes the server and leaves nobody behind who could be asked.
 */
import type { Level } from '../../shared/models/scope.ts';

export interface LaunchLine {
  readonly server: string;
  /** The program that started the launcher, as well as it can be told. */
  readonly client?: string;
  readonly pid: number;
  /**
   * When the process began: clock ticks after boot on Linux (field 22 of `/proc/<pid>/stat`), else
   * milliseconds since the epoch. Together with the pid it names one process for good.
   */
  readonly startTime: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** What it was confined by. Absent in older lines: its environment only. */
  readonly level?: Level;
}

export const launchesFile = 'launches.jsonl';

/** One line with its line feed, short enough that appending it is one indivisible write. */
export function renderLaunchLine(line: LaunchLine): string {
  const client = line.client === undefined ? undefined : cleanName(line.client);
  return `${JSON.stringify({
    server: line.server,
    ...(client === undefined || client === '' ? {} : { client }),
    pid: line.pid,
    startTime: line.startTime,
    at: line.at,
    ...(line.level === undefined ? {} : { level: line.level }),
  })}\n`;
}

/** The lines of the file; a torn or foreign line is left out. */
export function parseLaunchLines(text: string): readonly LaunchLine[] {
  return text.split('\n').flatMap((line) => {
    try {
      const parsed: unknown = JSON.parse(line);
      return isLaunchLine(parsed) ? [parsed] : [];
    } catch {
      return [];
    }
  });
}

const levels: readonly unknown[] = ['scoped-environment', 'confined', 'listed-hosts', 'masked'];

function isLaunchLine(value: unknown): value is LaunchLine {
  if (typeof value !== 'object' || value === null) return false;
  const line: Partial<Record<keyof LaunchLine, unknown>> = value;
  return (
    typeof line.server === 'string' &&
    (line.client === undefined || typeof line.client === 'string') &&
    Number.isInteger(line.pid) &&
    typeof line.startTime === 'number' &&
    typeof line.at === 'string' &&
    (line.level === undefined || levels.includes(line.level))
  );
}

function cleanName(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '').slice(0, 64);
}

/** The start time out of the text of `/proc/<pid>/stat`. The program's name in it may hold spaces. */
export function parseProcStat(stat: string): { parent: number; startTime: number } | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const parent = Number(fields[1]);
  const startTime = Number(fields[19]);
  return Number.isInteger(parent) && Number.isInteger(startTime) && startTime > 0
    ? { parent, startTime }
    : undefined;
}
