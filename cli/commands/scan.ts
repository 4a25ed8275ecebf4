/** Findings, for people, as one document, or as one line each (facts X-1). */
import { resolve, sep } from 'node:path';
import type { Finding, ScanReport } from '../../shared/models/finding.ts';
import type { Action, Context } from '../command.ts';
import { sayBytes, sayPath } from '../ui/say.ts';
import { printTable } from '../ui/table.ts';
import type { Span } from '../ui/terminal.ts';
import { words } from '../words.ts';
import { badInput } from './interaction.ts';

export const exitFindings = 1;

export const scan: Action = async (context) => {
  const { input, terminal, progress } = context;
  const deep = input.has('deep');
  if (deep && (input.words.length > 0 || input.has('client')))
    throw badInput(
      '--deep looks through all transcripts, logs and editor histories; it takes no PATH and no --client.',
      'To look at one of them, name it: `portcullis scan PATH`.',
    );
  if (input.has('format') && context.json)
    throw badInput('--format jsonl and --json exclude each other.', 'Use one of them.');
  const api = await context.api();
  const clients = input.list('client');
  const lines = input.has('format');
  progress.show(words.looking);
  const report = await api.exposure.scan({
    ...(input.words.length === 0 ? {} : { paths: input.words.map((path) => resolve(path)) }),
    ...(clients.length === 0 ? {} : { clients }),
    ...(input.has('all') ? { all: true } : {}),
  });
  const print = (finding: Finding) => terminal.json(toLine(finding, input.words), true);
  if (lines) for (const finding of report.findings) print(finding);
  const found = [...report.findings];
  const seen = new Set(found.map(keyOf));
  if (deep)
    for await (const finding of await api.exposure.scanDeep({})) {
      progress.show(`${words.looking} ${sayPath(finding.file, context.home)}`);
      // It goes through the same files as well.
      if (seen.has(keyOf(finding))) continue;
      seen.add(keyOf(finding));
      if (lines) print(finding);
      found.push(finding);
    }
  progress.clear();
  const whole = { ...report, findings: found };
  if (context.json) terminal.json(whole);
  else if (!lines) printReport(context, whole);
  else
    for (const { path, reason } of report.skipped)
      terminal.note(`not looked at: ${path}: ${reason}`);
  return found.length === 0 ? 0 : exitFindings;
};

function keyOf({ file, pointer, fingerprint }: Finding): string {
  return JSON.stringify([file, pointer, fingerprint]);
}

/** The columns of X-1, and the file as it was asked for. */
function toLine(finding: Finding, asked: readonly string[]) {
  const { file, pointer, kind, family, confidence, where, line, reason, fingerprint } = finding;
  return {
    file: asAsked(file, asked),
    pointer,
    kind,
    family,
    confidence,
    where,
    line,
    reason,
    fingerprint,
  };
}

function asAsked(file: string, asked: readonly string[]): string {
  for (const path of asked) {
    const whole = resolve(path);
    if (file === whole) return path;
    const folder = whole.endsWith(sep) ? whole : `${whole}${sep}`;
    if (file.startsWith(folder))
      return `${path.replace(/[/\\]+$/, '')}${sep}${file.slice(folder.length)}`;
  }
  return file;
}

const shownSkips = 10;

function printReport(context: Context, report: ScanReport): void {
  const { terminal, home } = context;
  const byFile = Map.groupBy(report.findings, ({ file }) => file);
  for (const [file, findings] of byFile) {
    terminal.line([sayPath(file, home), 'bold']);
    printTable(
      terminal,
      ['', '', '', '', '', ''].map((title, at) => ({ title, mayCut: at === 1 })),
      findings.map(describe),
      { indent: 2 },
    );
  }
  if (report.warnings.length > 0) terminal.line([words.scan.others, 'bold']);
  for (const { file, message } of report.warnings)
    terminal.line('  ', sayPath(file, home), `: ${message}`);
  if (report.skipped.length > 0) terminal.line([words.scan.skipped, 'bold']);
  for (const { path, reason } of report.skipped.slice(0, shownSkips))
    terminal.line('  ', sayPath(path, home), [`: ${reason}`, 'dim']);
  if (report.skipped.length > shownSkips)
    terminal.line('  ', [words.scan.more(report.skipped.length - shownSkips), 'dim']);
  if (byFile.size + report.warnings.length + report.skipped.length > 0) terminal.line();
  printSummary(context, report, byFile.size);
}

function printSummary({ terminal }: Context, report: ScanReport, files: number): void {
  const { findings, hidden, looked } = report;
  if (findings.length === 0) terminal.line([words.scan.none, 'green']);
  else terminal.line([words.scan.found(findings.length, files), 'red']);
  terminal.line([words.scan.looked(looked.files, sayBytes(looked.bytes)), 'dim']);
  if (hidden.possible > 0) terminal.line([words.scan.possible(hidden.possible), 'dim']);
  if (hidden.suppressed > 0) terminal.line([words.scan.suppressed(hidden.suppressed), 'dim']);
  if (findings.some(({ fixes }) => fixes.includes('protect')))
    terminal.line(
      `${words.next} `,
      ['portcullis protect', 'cyan'],
      ' shows what would change, then asks.',
    );
}

const marks = { certain: 'red', likely: 'yellow', possible: 'dim' } as const;

function describe(finding: Finding): readonly Span[] {
  const { line, entry, pointer, where, kind, preview, confidence, fixes } = finding;
  const place = entry ?? (pointer.startsWith('#') ? '' : (pointer.split('/').at(-1) ?? ''));
  return [
    [`line ${line}`, 'dim'],
    place,
    words.place[where],
    kind,
    preview,
    [`${confidence}${fixes[0] === undefined ? '' : `; ${words.fix[fixes[0]]}`}`, marks[confidence]],
  ];
}
