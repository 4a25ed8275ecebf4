/** The lines of a file before and after, secrets already masked by the core. */
import type { DiffLine } from '../../shared/models/protect.ts';
import type { Span, Terminal } from './terminal.ts';

const looks = {
  same: { sign: ' ', style: 'dim' },
  removed: { sign: '-', style: 'red' },
  added: { sign: '+', style: 'green' },
  gap: { sign: '…', style: 'dim' },
} as const;

/** Tabs are indentation here, not orders: two columns each. */
export function printDiff(terminal: Terminal, lines: readonly DiffLine[]): void {
  const digits = Math.max(1, ...lines.map(({ line }) => String(line).length));
  for (const { kind, text, line } of lines) {
    const { sign, style } = looks[kind];
    const number = (line === 0 ? '' : String(line)).padStart(digits);
    const span: Span = [`${sign} ${text.replaceAll('\t', '  ')}`, style];
    terminal.line('    ', [number, 'dim'], ' ', span);
  }
}
