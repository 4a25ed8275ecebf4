import { describe, expect, test } from 'vitest';
import { type ActualEntry, type FileFacts, judgeExpected, judgeUnexpected } from './judge.ts';
import { findWriters } from './writers.ts';

const calm: FileFacts = {
  clientName: 'Zed',
  state: 'present',
  live: true,
  running: false,
  rewriting: 'on-ui-action',
  blockGone: false,
  together: 0,
  left: 3,
  commentsLost: 0,
  writers: [],
};
const offender: FileFacts = {
  ...calm,
  clientName: 'Claude Desktop',
  rewriting: 'constant',
  running: true,
};
const ours: ActualEntry = {
  managed: 'github',
  sameAsWritten: true,
  sameAsOriginal: false,
  changed: [],
  exposed: 0,
  renamed: false,
  namedLikeOurs: false,
  handed: [],
};
const plain: ActualEntry = {
  sameAsWritten: false,
  sameAsOriginal: false,
  changed: ['command'],
  exposed: 0,
  renamed: false,
  namedLikeOurs: false,
  handed: [],
};
const written = { server: 'github', wasWritten: true };
const wanted = { server: 'github', wasWritten: false };

/** The rows of the table in `docs/drift.md`, in its order. */
const rows: readonly (readonly [string, Parameters<typeof judgeExpected>, string, boolean])[] = [
  [
    'it does not parse',
    [written, undefined, { ...calm, state: 'unparsable' }],
    'unreadable',
    false,
  ],
  ['nothing reads it', [written, ours, { ...calm, live: false }], 'stale-location', false],
  ['as written', [written, ours, calm], 'in-step', false],
  ['as written, by an offender', [written, ours, offender], 'in-step', false],
  ['other name', [written, { ...ours, renamed: true }, calm], 'edited-by-you', true],
  [
    'another launcher',
    [written, { ...plain, namedLikeOurs: true }, calm],
    'rewritten-by-tool',
    true,
  ],
  [
    'switched off',
    [written, { ...ours, sameAsWritten: false, changed: ['enabled'] }, calm],
    'edited-by-you',
    true,
  ],
  [
    'more than was written',
    [written, { ...ours, sameAsWritten: false, changed: ['env'], handed: ['env PATH'] }, calm],
    'edited-by-you',
    true,
  ],
  [
    'more than was written, and a tool runs',
    [
      written,
      { ...ours, sameAsWritten: false, changed: ['env'], handed: ['env PATH'] },
      { ...calm, writers: ['mcpm'] },
    ],
    'rewritten-by-tool',
    true,
  ],
  [
    'a secret in our own',
    [written, { ...ours, sameAsWritten: false, changed: ['env'], exposed: 1 }, calm],
    'exposed-again',
    false,
  ],
  ['another server of ours', [written, { ...ours, managed: 'time' }, calm], 'edited-by-you', true],
  ['a secret in it', [written, { ...plain, exposed: 1 }, calm], 'exposed-again', false],
  [
    'a secret in it, offender',
    [written, { ...plain, exposed: 2 }, offender],
    'exposed-again',
    false,
  ],
  ['the old one', [written, { ...plain, sameAsOriginal: true }, calm], 'rewritten-by-tool', true],
  ['comments lost too', [written, plain, { ...calm, commentsLost: 4 }], 'rewritten-by-tool', true],
  ['a tool runs', [written, plain, { ...calm, writers: ['mcpm'] }], 'rewritten-by-tool', true],
  ['nothing else', [written, plain, calm], 'edited-by-you', true],
  ['no file', [written, undefined, { ...calm, state: 'missing' }], 'wiped-by-client', true],
  ['block gone', [written, undefined, { ...offender, blockGone: true }], 'wiped-by-client', false],
  [
    'all gone',
    [written, undefined, { ...offender, left: 0, together: 36 }],
    'wiped-by-client',
    true,
  ],
  [
    'all gone, no offender',
    [written, undefined, { ...calm, left: 0, together: 36 }],
    'rewritten-by-tool',
    true,
  ],
  ['only ours, offender runs', [written, undefined, offender], 'wiped-by-client', true],
  [
    'only ours, offender rests',
    [written, undefined, { ...offender, running: false }],
    'edited-by-you',
    true,
  ],
  ['only ours', [written, undefined, calm], 'edited-by-you', true],
  ['never written', [wanted, undefined, calm], 'not-there-yet', false],
  ['never written, offender runs', [wanted, undefined, offender], 'client-will-overwrite', true],
  [
    'never written, after a fight',
    [wanted, undefined, { ...calm, fighting: 'cc-switch' }],
    'client-will-overwrite',
    false,
  ],
];

test.each(rows)('%s', (_name, [expected, actual, facts], state, guess) => {
  const judged = judgeExpected(expected, actual, facts);
  expect({ state: judged.state, guess: judged.guess }).toEqual({ state, guess });
  expect(judged.reason).toMatch(/^[^\s].*\.$/);
  if (guess) expect(judged.evidence.length).toBeGreaterThan(0);
});

describe('what no record places', () => {
  const unknown = { known: false, wasOurs: false, namedLikeOurs: false, handed: [] };
  test.each([
    ['theirs', unknown, calm, 'foreign', false],
    ['a known duplicate', { ...unknown, duplicateOf: 'Cursor' }, calm, 'duplicate', false],
    ['nothing reads it', unknown, { ...calm, live: false }, 'stale-location', false],
    ['a server nobody knows', { ...unknown, managed: 'x' }, calm, 'rewritten-by-tool', true],
    [
      'we took it out',
      { ...unknown, managed: 'x', known: true, wasOurs: true },
      calm,
      'rewritten-by-tool',
      true,
    ],
    ['copied', { ...unknown, managed: 'x', known: true }, calm, 'edited-by-you', true],
    ['named like ours', { ...unknown, namedLikeOurs: true }, calm, 'foreign', false],
  ] as const)('%s', (_name, actual, facts, state, guess) => {
    const judged = judgeUnexpected(actual, facts);
    expect({ state: judged.state, guess: judged.guess }).toEqual({ state, guess });
  });
});

test('programs are known by their own name, not by words of others', () => {
  const running = [
    'vim cc-switch.md',
    '/usr/bin/thv serve',
    'node /x/node_modules/@smithery/cli install',
    'bash -c "echo mcpm"',
  ].map((command, pid) => ({ pid, command }));
  expect(findWriters(running)).toEqual(['ToolHive', 'Smithery']);
});
