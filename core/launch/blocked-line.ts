/** One line for each host that a supervised server was kept from, in `<data>/activity/blocked.jsonl`. */

export interface BlockedLine {
  readonly server: string;
  readonly host: string;
  readonly port?: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export const blockedFile = 'blocked.jsonl';

/** The line, or undefined when the server asked for what cannot be a host. */
export function renderBlockedLine({ server, host, port, at }: BlockedLine): string | undefined {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name.length > 253 || !/^[a-z0-9_.:[\]-]+$/.test(name)) return undefined;
  const whole = Number.isInteger(port) ? { port } : {};
  return `${JSON.stringify({ server, host: name, ...whole, at })}\n`;
}

/** The lines of the file; a torn or foreign line is left out. */
export function parseBlockedLines(text: string): readonly BlockedLine[] {
  return text.split('\n').flatMap((line) => {
    try {
      const parsed: unknown = JSON.parse(line);
      return isBlockedLine(parsed) ? [parsed] : [];
    } catch {
      return [];
    }
  });
}

function isBlockedLine(value: unknown): value is BlockedLine {
  if (typeof value !== 'object' || value === null) return false;
  const line: Partial<Record<keyof BlockedLine, unknown>> = value;
  return (
    typeof line.server === 'string' &&
    typeof line.host === 'string' &&
    (line.port === undefined || Number.isInteger(line.port)) &&
    typeof line.at === 'string'
  );
}
