/**
 * The three-way judgement: what we last wrote, what stands there, what is wanted. A pure function of
 * facts. The state is a fact; its cause is often inferred, and then says so (`guess`). The rows here
 * are the table of `docs/drift.md`: the first that fits decides.
 */
import type { DriftState } from '../../shared/models/drift.ts';
import type { Rewriting } from '../clients/row.ts';

/** What is known around one file as one client sees it. */
export interface FileFacts {
  readonly clientName: string;
  readonly state: 'present' | 'missing' | 'unreadable' | 'unparsable' | 'unsupported';
  readonly problem?: string;
  /** False: nothing reads this file any more. */
  readonly live: boolean;
  readonly running: boolean;
  readonly rewriting: Rewriting;
  /** The block that holds servers is gone from the file. */
  readonly blockGone: boolean;
  /** How many entries vanished together with this one. */
  readonly together: number;
  /** Entries that are there now. */
  readonly left: number;
  /** Comments that stood there before the last change and are gone. */
  readonly commentsLost: number;
  /** Other programs at work that are known to rewrite such files. */
  readonly writers: readonly string[];
  /** Automatic repair has given up on this file; who keeps writing it. */
  readonly fighting?: string;
}

/** How the entry that stands there relates to what should. */
export interface ActualEntry {
  /** Set when it starts our launcher. */
  readonly managed?: string;
  /** Its meaning equals that of what we last wrote. */
  readonly sameAsWritten: boolean;
  /** Its meaning equals that of the entry from before it was ours. */
  readonly sameAsOriginal: boolean;
  /** Fields whose meaning differs from what we last wrote. */
  readonly changed: readonly string[];
  /** It starts a program that is named like our launcher and is not the one of this computer. */
  readonly namedLikeOurs: boolean;
  /** What it gives to the launcher beside what we wrote. */
  readonly handed: readonly string[];
  readonly exposed: number;
  /** It stands under another name than the one that we wrote. */
  readonly renamed: boolean;
}

export interface Expectation {
  readonly server: string;
  /** False: wanted there, and never written. */
  readonly wasWritten: boolean;
}

export interface Judgement {
  readonly state: DriftState;
  readonly guess: boolean;
  readonly reason: string;
  readonly evidence: readonly string[];
}

/** An entry of ours that should stand in this file. */
export function judgeExpected(
  expected: Expectation,
  actual: ActualEntry | undefined,
  facts: FileFacts,
): Judgement {
  const shared = judgeFile(facts);
  if (shared !== undefined) return shared;
  if (actual !== undefined) return withHanded(judgePresent(expected, actual, facts), actual);
  return expected.wasWritten ? judgeGone(facts) : judgeNeverWritten(facts);
}

/** An entry that no record places here. */
export function judgeUnexpected(
  actual: Pick<ActualEntry, 'managed' | 'namedLikeOurs' | 'handed'> & {
    /** The record exists. */
    readonly known: boolean;
    /** The client whose file this is, when it is another one's. */
    readonly duplicateOf?: string;
    /** We took it out of this file before. */
    readonly wasOurs: boolean;
  },
  facts: FileFacts,
): Judgement {
  if (actual.duplicateOf !== undefined) {
    return fact(
      'duplicate',
      `${facts.clientName} reads it from the file of ${actual.duplicateOf}.`,
    );
  }
  if (!facts.live) return staleLocation(facts);
  if (actual.namedLikeOurs) {
    return withHanded(
      fact('foreign', 'It starts a program that is named like Portcullis and is another one.'),
      actual,
    );
  }
  if (actual.managed === undefined) {
    return fact('foreign', 'It was not written by Portcullis.');
  }
  return withHanded(judgeStray(actual, actual.managed, facts), actual);
}

function judgeStray(
  actual: { readonly known: boolean; readonly wasOurs: boolean },
  managed: string,
  facts: FileFacts,
): Judgement {
  if (!actual.known) {
    return guess(
      'rewritten-by-tool',
      'It starts Portcullis with a server that no record knows: removed here, or made on another computer.',
      [`The entry names the server “${managed}”, and there is no such record.`],
    );
  }
  if (actual.wasOurs) {
    return guess(
      'rewritten-by-tool',
      `It was taken out of this file and came back: ${likelyWriter(facts)} wrote an older state.`,
      ['The timeline shows that it stood here before and was removed.', ...runningEvidence(facts)],
    );
  }
  return guess('edited-by-you', 'It starts one of your servers, and nobody asked us to write it.', [
    'No record places it in this file.',
  ]);
}

/** Whatever else is so: this can make the launcher run what others chose. */
function withHanded(judgement: Judgement, { handed }: Pick<ActualEntry, 'handed'>): Judgement {
  if (handed.length === 0) return judgement;
  const line = `Given to the launcher besides: ${handed.join(', ')}.`;
  return { ...judgement, evidence: [...judgement.evidence, line] };
}

function judgeFile(facts: FileFacts): Judgement | undefined {
  const { state, problem } = facts;
  if (state === 'unreadable' || state === 'unparsable' || state === 'unsupported') {
    return fact('unreadable', problem ?? 'The file cannot be read.');
  }
  return facts.live ? undefined : staleLocation(facts);
}

function staleLocation({ clientName }: FileFacts): Judgement {
  return fact(
    'stale-location',
    `${clientName} does not read this file any more, so what stands in it has no effect.`,
  );
}

function judgePresent({ server }: Expectation, actual: ActualEntry, facts: FileFacts): Judgement {
  if (actual.managed === server) return judgeOurs(actual, facts);
  if (actual.managed !== undefined) {
    return guess('edited-by-you', `The entry now starts “${actual.managed}” instead.`, [
      'It still starts Portcullis, with another server.',
    ]);
  }
  if (actual.exposed > 0) return exposedAgain(actual, facts);
  if (actual.namedLikeOurs) {
    return guess(
      'rewritten-by-tool',
      'The entry starts a program that is named like Portcullis, in another place: an installer or a synced file wrote it.',
      ['The path is not that of the launcher on this computer, so what it starts is not known.'],
    );
  }
  if (actual.sameAsOriginal) {
    return guess(
      'rewritten-by-tool',
      `The entry from before Portcullis is back: ${likelyWriter(facts)} wrote an older state.`,
      ['It means the same as the entry that Portcullis replaced.', ...runningEvidence(facts)],
    );
  }
  return editedOrTool(actual, facts, 'The entry does not start Portcullis any more.');
}

function judgeOurs(actual: ActualEntry, facts: FileFacts): Judgement {
  if (actual.exposed > 0) return exposedAgain(actual, facts);
  if (actual.handed.length > 0) {
    return editedOrTool(
      actual,
      facts,
      'The entry still starts Portcullis, with more than was written, which can change what it does.',
    );
  }
  if (actual.renamed) {
    return guess('edited-by-you', 'The entry has another name now.', [
      'An entry that starts the same server stands under another name.',
    ]);
  }
  if (actual.sameAsWritten) return inStep;
  if (actual.changed.length === 1 && actual.changed[0] === 'enabled') {
    return guess('edited-by-you', 'It was switched on or off in the client.', [
      'Only the switch of the entry differs.',
    ]);
  }
  return editedOrTool(
    actual,
    facts,
    'The entry still starts Portcullis, but not as it was written.',
  );
}

function exposedAgain(actual: ActualEntry, facts: FileFacts): Judgement {
  const many = actual.exposed === 1 ? 'A secret stands' : `${actual.exposed} secrets stand`;
  const why = actual.sameAsOriginal
    ? 'The entry is the one that Portcullis replaced.'
    : 'The entry is not the one that Portcullis replaced.';
  return {
    state: 'exposed-again',
    guess: false,
    reason: `${many} in plain text in this entry again. Probably ${likelyWriter(facts)} wrote it.`,
    evidence: [why, ...runningEvidence(facts)],
  };
}

function editedOrTool(actual: ActualEntry, facts: FileFacts, what: string): Judgement {
  const fields = actual.changed.length === 0 ? [] : [`Different: ${actual.changed.join(', ')}.`];
  if (facts.commentsLost > 0) {
    return guess('rewritten-by-tool', `${what} A program wrote the whole file anew.`, [
      ...fields,
      `${facts.commentsLost} of the file’s comments are gone with the same change.`,
      ...runningEvidence(facts),
    ]);
  }
  if (facts.writers.length > 0) {
    return guess('rewritten-by-tool', `${what} Probably ${facts.writers.join(' or ')} wrote it.`, [
      ...fields,
      `${facts.writers.join(', ')} runs, and is known to write such files.`,
    ]);
  }
  return guess('edited-by-you', `${what} Only this entry differs, as after an edit by hand.`, [
    ...fields,
    'The rest of the file was left alone.',
  ]);
}

function judgeGone(facts: FileFacts): Judgement {
  const { clientName, rewriting, blockGone, together, left, running } = facts;
  const offender = rewriting === 'constant';
  const siblings = together > 1 ? [`${together} entries vanished at once.`] : [];
  const offence = offender ? [`${clientName} is known to write this file from memory.`] : [];
  if (facts.state === 'missing') {
    return guess('wiped-by-client', 'The whole file is gone.', ['There is no file at this path.']);
  }
  const emptied = blockGone || (left === 0 && together > 1);
  if (emptied && offender) {
    return {
      state: 'wiped-by-client',
      guess: !blockGone,
      reason: `${clientName} wrote its file without the servers in it.`,
      evidence: [
        ...(blockGone ? ['The whole block of servers is gone.'] : []),
        ...siblings,
        ...offence,
        ...runningEvidence(facts),
      ],
    };
  }
  if (emptied) {
    const who = facts.writers.length > 0 ? facts.writers.join(' or ') : 'a program';
    return guess('rewritten-by-tool', `All servers are gone from the file: ${who} rewrote it.`, [
      ...(blockGone ? ['The whole block of servers is gone.'] : []),
      ...siblings,
    ]);
  }
  if (offender && running) {
    return guess(
      'wiped-by-client',
      `${clientName} probably wrote an older state of its file over ours.`,
      ['Other entries are still there.', ...offence, ...runningEvidence(facts)],
    );
  }
  return guess('edited-by-you', 'The entry was taken out; the rest of the file is still there.', [
    ...siblings,
    `${left} other ${left === 1 ? 'entry is' : 'entries are'} still there.`,
  ]);
}

function judgeNeverWritten(facts: FileFacts): Judgement {
  if (facts.fighting !== undefined) {
    return fact(
      'client-will-overwrite',
      `${facts.fighting} keeps writing this file. Close it, then repair.`,
    );
  }
  if (facts.running && facts.rewriting === 'constant') {
    return guess(
      'client-will-overwrite',
      `${facts.clientName} runs and writes this file from memory; close it before writing.`,
      runningEvidence(facts),
    );
  }
  return fact('not-there-yet', 'It is wanted here and was not written yet.');
}

const inStep: Judgement = {
  state: 'in-step',
  guess: false,
  reason: 'As it was written.',
  evidence: [],
};

function fact(state: DriftState, reason: string): Judgement {
  return { state, guess: false, reason, evidence: [] };
}

function guess(state: DriftState, reason: string, evidence: readonly string[]): Judgement {
  return { state, guess: true, reason, evidence };
}

/** The program that most probably wrote the file, in words. */
export function likelyWriter(facts: FileFacts): string {
  if (facts.fighting !== undefined) return facts.fighting;
  if (facts.running && facts.rewriting === 'constant') return facts.clientName;
  if (facts.writers.length > 0) return facts.writers.join(' or ');
  return facts.running ? facts.clientName : 'a program';
}

function runningEvidence({ clientName, running }: FileFacts): readonly string[] {
  return running ? [`${clientName} is running.`] : [];
}
