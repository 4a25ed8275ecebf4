/** Detection in text without a tree: comments, broken files, dotenv, shell histories, logs. */
import type { Place } from '../../shared/models/finding.ts';
import { parseDotenv } from '../documents/dotenv.ts';
import { toPointer } from '../documents/pointer.ts';
import { judgeCommand } from './arguments.ts';
import { describe, suggestName } from './detect-document.ts';
import type { Context, Detection, Hit } from './detection.ts';
import { judge, settle } from './judge.ts';
import { countLines } from './lines.ts';
import { judgeInside } from './tree.ts';

export type TextFlavour = 'dotenv' | 'history' | 'log' | 'broken' | 'text' | 'comment';

const places: Readonly<Record<TextFlavour, Place>> = {
  dotenv: 'env-file',
  history: 'history',
  log: 'log',
  broken: 'text',
  text: 'text',
  comment: 'comment',
};

const noWords = (): ReadonlySet<string> => new Set();

/** Lines are judged one by one up to this length, in UTF-16 code units; what is behind is cut off. */
const lineLimit = 65_536;

/**
 * All suspected secrets in a text, in order. Pure; never throws. Pointers are `/NAME` for the
 * variables of a dotenv file and `#L<line>` for everything else.
 */
export function detectInText(text: string, flavour: TextFlavour): readonly Detection[] {
  if (flavour === 'dotenv') return detectInDotenv(text);
  const context: Context = { place: places[flavour], role: 'setting', hints: noWords, depth: 0 };
  const lineAt = countLines(text);
  const hits = [
    ...findAcrossLines(text, context),
    ...findPerLine(text, context, flavour === 'history'),
  ];
  return settle(hits).map((hit) => {
    const line = lineAt(hit.start);
    return {
      ...describe(hit, text.slice(hit.start, hit.end)),
      pointer: `#L${line}`,
      start: hit.start,
      end: hit.end,
      where: context.place,
      line,
      suggestedName: suggestName(hit, []),
    };
  });
}

/** Keys in PEM are the one secret that spans lines. */
function findAcrossLines(text: string, context: Context): readonly Hit[] {
  if (!text.includes('PRIVATE KEY-----')) return [];
  const hits: Hit[] = [];
  for (let at = text.indexOf('-----BEGIN '); at >= 0; at = text.indexOf('-----BEGIN ', at + 11)) {
    const next = text.indexOf('-----BEGIN ', at + 11);
    const part = text
      .slice(at, Math.min(at + 20_000, next < 0 ? text.length : next))
      .replace(/\n[ \t]*(?:\/\/|#|\*|--)?/g, (lead) => '\n'.padEnd(lead.length, ' '));
    const [first] = judge(part, context, () => []).filter((hit) => hit.start === 0);
    if (first !== undefined) hits.push({ ...first, start: at, end: at + first.end });
  }
  return hits;
}

function findPerLine(text: string, context: Context, isHistory: boolean): readonly Hit[] {
  const hits: Hit[] = [];
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    if (end - start >= 8) {
      const line = text.slice(start, Math.min(end, start + lineLimit));
      for (const hit of judgeLine(line, context, isHistory))
        hits.push({ ...hit, start: hit.start + start, end: hit.end + start });
    }
    start = end + 1;
  }
  return hits;
}

const quick = /[A-Za-z0-9+/_=-]{16}|pass|pwd|secret|token|key|auth|:\/\/|\s-p\S/i;
/** `: 1700000000:0;cmd` of zsh, `- cmd: cmd` of fish. */
const historyLead = /^(?:: [0-9]+:[0-9]+;|- cmd: )/;

function judgeLine(line: string, context: Context, isHistory: boolean): readonly Hit[] {
  if (!quick.test(line)) return [];
  const whole = judgeInside(line, context);
  if (!isHistory) return whole;
  const lead = historyLead.exec(line)?.[0].length ?? 0;
  const words = judgeCommand(line.slice(lead), context, judgeInside);
  const sure = [
    ...whole,
    ...words.map((hit) => ({ ...hit, start: hit.start + lead, end: hit.end + lead })),
  ];
  const named = settle(sure);
  return named.some((hit) => hit.confidence !== 'possible')
    ? named.filter((hit) => hit.confidence !== 'possible')
    : named;
}

function detectInDotenv(text: string): readonly Detection[] {
  const { entries, comments } = parseDotenv(text);
  const variables = entries.flatMap((entry) => {
    const context: Context = {
      place: 'env-file',
      role: 'variable',
      name: entry.name,
      hints: noWords,
      depth: 0,
    };
    return judgeInside(entry.value, context).map(
      (hit): Detection => ({
        ...describe(hit, entry.value.slice(hit.start, hit.end)),
        path: [entry.name],
        pointer: toPointer([entry.name]),
        start: hit.start,
        end: hit.end,
        where: 'env-file',
        line: entry.line,
        suggestedName: suggestName(hit, [entry.name]),
      }),
    );
  });
  const lineAt = countLines(text);
  const remarks = comments.flatMap((comment) =>
    detectInText(comment.text, 'comment').map((found) => {
      const line = lineAt(comment.start) + found.line - 1;
      return {
        ...found,
        pointer: `#L${line}`,
        line,
        start: found.start + comment.start,
        end: found.end + comment.start,
      };
    }),
  );
  return [...variables, ...remarks];
}
