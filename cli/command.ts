/**
 * What a command is: a row with its words, its help and a way to load the code that does it. Rows are
 * in `commands/table.ts`; parsing, help and completion are made from them.
 */
import type { Api } from '../shared/api.ts';
import type { Progress } from './ui/progress.ts';
import type { Prompt } from './ui/prompt.ts';
import type { Terminal } from './ui/terminal.ts';

/** What a completion can offer in a place. */
export type Completable = 'server' | 'client' | 'run' | 'file' | 'command' | readonly string[];

export interface ArgumentRow {
  /** `<id>`, `[path...]`: as commander reads them. */
  readonly syntax: string;
  readonly about: string;
  readonly complete?: Completable;
}

export interface OptionRow {
  /** `--client <id>`: as commander reads them. */
  readonly flags: string;
  readonly about: string;
  readonly choices?: readonly string[];
  readonly complete?: Completable;
}

export const groups = {
  look: 'See what is there',
  protect: 'Move secrets, and move them back',
  servers: 'Servers and their secrets',
  files: 'Files and what is done with them',
  machine: 'This computer',
} as const;

export type Group = keyof typeof groups;

export interface CommandRow {
  /** One or two words: `scan`, `servers add`. */
  readonly name: string;
  readonly group: Group;
  readonly summary: string;
  /** A paragraph for its own help. */
  readonly about?: string;
  readonly arguments?: readonly ArgumentRow[];
  readonly options?: readonly OptionRow[];
  readonly examples: readonly string[];
  /** Commands that make sense afterwards. */
  readonly next?: readonly string[];
  /** The row that the first word alone means: `servers` is `servers list`. */
  readonly isDefault?: boolean;
  /** Not in help or completion: for our own scripts. */
  readonly isHidden?: boolean;
  /** Refuses `--json`, because stdout belongs to somebody else. */
  readonly noJson?: boolean;
  /** Ends with this code on every error, in place of the error table's. */
  readonly errorExit?: number;
  readonly load: () => Promise<Action>;
}

/** Does the command and answers the exit code. */
export type Action = (context: Context) => Promise<number>;

/** What was typed, by the names of the row. */
export interface Input {
  readonly words: readonly string[];
  has(option: string): boolean;
  /** The last one given. */
  text(option: string): string | undefined;
  /** All that were given; `a,b` is two. */
  list(option: string): readonly string[];
  /** All that were given, untouched. */
  all(option: string): readonly string[];
}

export interface Context {
  readonly row: CommandRow;
  readonly input: Input;
  readonly json: boolean;
  readonly terminal: Terminal;
  readonly progress: Progress;
  readonly home: string;
  /** Undefined where nobody can be asked: no terminal, or `--json`. */
  readonly prompt: Prompt | undefined;
  /** All of stdin as text. Fails with `consent_needed` on a terminal. */
  readonly readInput: () => Promise<string>;
  /** Composes the application at the first call. */
  readonly api: () => Promise<Api>;
  /** Does not let Ctrl-C cut work that writes. */
  readonly finishFirst: <T>(work: () => Promise<T>) => Promise<T>;
}
