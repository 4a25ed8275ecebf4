/**
 * Finds the row of what was typed, runs it, and turns whatever it throws into one clear error. What
 * commands do is in `commands/`, how it looks in `ui/`.
 */
import { homedir } from 'node:os';
import manifest from '../package.json' with { type: 'json' };
import { emptyCoreDumps } from '../platform/core-dumps.ts';
import type { ErrorReport } from '../shared/errors.ts';
import type { Context } from './command.ts';
import { printHelp } from './commands/help.ts';
import { commands } from './commands/table.ts';
import { describeFailure, exitCodeOf } from './failure.ts';
import { createInterrupts } from './interrupts.ts';
import { parseWords, type Request, wantsJson } from './parse.ts';
import { readStdin } from './stdin.ts';
import { createProgress, type Progress } from './ui/progress.ts';
import { createPrompt } from './ui/prompt.ts';
import { createTerminal, type Terminal } from './ui/terminal.ts';
import { words } from './words.ts';

interface Screen {
  readonly terminal: Terminal;
  readonly progress: Progress;
  readonly json: boolean;
}

/** Never returns: ends the process with the exit code of what was asked for. */
export async function openDoor(typed: readonly string[]): Promise<never> {
  emptyCoreDumps();
  const json = wantsJson(typed);
  const terminal = createTerminal(process.stdout, process.stderr, process.env);
  const progress = createProgress(process.stderr, { quiet: json, now: () => performance.now() });
  const screen = { terminal, progress, json };
  endWhenNobodyReads();
  return leave(await serve(typed, screen));
}

async function serve(typed: readonly string[], screen: Screen): Promise<number> {
  let request: Request | undefined;
  try {
    const parsed = parseWords(typed, commands);
    if (parsed.kind === 'help') {
      printHelp(screen, parsed.words);
      return 0;
    }
    if (parsed.kind === 'version') {
      screen.terminal.line(manifest.version);
      return 0;
    }
    request = parsed.request;
    return await runCommand(request, screen);
  } catch (thrown) {
    const report = describeFailure(thrown);
    sayFailure(report, screen);
    return request?.row.errorExit ?? rowOfTyped(typed)?.errorExit ?? exitCodeOf(report);
  }
}

/** A command whose options were not understood still has its own exit code for errors. */
function rowOfTyped(typed: readonly string[]) {
  const first = typed.find((word) => !word.startsWith('-'));
  return commands.find(({ name }) => name === first);
}

async function runCommand(request: Request, screen: Screen): Promise<number> {
  const { terminal, progress, json } = screen;
  const isAskable = process.stdin.isTTY && process.stderr.isTTY && !json;
  const prompt = isAskable ? createPrompt(process.stdin, process.stderr) : undefined;
  const interrupts = createInterrupts({
    now: () => performance.now(),
    onFirst: () => {
      progress.clear();
      if (!json) terminal.note(words.finishing);
    },
    end: (code) => {
      progress.clear();
      sayFailure({ code: 'interrupted', message: words.interrupted }, screen);
      leaveNow(code);
    },
  });
  process.on('SIGINT', () => interrupts.receive(130));
  process.on('SIGTERM', () => interrupts.receive(143));
  process.on('SIGHUP', () => interrupts.receive(129));
  const context: Context = {
    ...request,
    terminal,
    progress,
    prompt,
    home: homedir(),
    readInput: readStdin,
    api: async () => (await import('./compose.ts')).composeApi(prompt),
    finishFirst: (work) => interrupts.finishFirst(work),
  };
  const action = await request.row.load();
  const code = await action(context);
  return interrupts.pressed() ?? code;
}

function sayFailure(report: ErrorReport, { terminal, progress, json }: Screen): void {
  progress.clear();
  if (json) {
    terminal.json({ error: report });
    return;
  }
  terminal.note(['portcullis: ', 'red'], report.message);
  if (report.hint !== undefined) terminal.note('  ', report.hint);
}

/** `portcullis scan | head` is no failure of ours. */
function endWhenNobodyReads(): void {
  process.stdout.on('error', () => leaveNow(0));
  process.stderr.on('error', () => undefined);
}

/** Waits until stdout has taken everything; handles of the keychain or a server must not keep us. */
async function leave(code: number): Promise<never> {
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
  return leaveNow(code);
}

function leaveNow(code: number): never {
  if (process.stdin.isTTY) process.stdin.setRawMode(false);
  process.exit(code);
}
