/** A server as a person describes it, turned into what the contract takes. */
import type { LaunchSpec } from '../../shared/models/server.ts';
import { secretNamesIn, secretTemplate } from '../../shared/template.ts';

export const newServerWays = ['command', 'address', 'json'] as const;
export type NewServerWay = (typeof newServerWays)[number];

export interface NewSecret {
  readonly id: number;
  /** Of a variable or of a header. */
  readonly name: string;
  readonly value: string;
}

export interface NewServer {
  readonly name: string;
  /** A command line, or an address. */
  readonly text: string;
  readonly secrets: readonly NewSecret[];
}

export interface NewServerInput {
  readonly name: string;
  readonly launch: LaunchSpec;
  readonly secrets: Readonly<Record<string, string>>;
}

/** Undefined while something is missing or wrong. */
export function readNewServer(
  way: Exclude<NewServerWay, 'json'>,
  { name, text, secrets }: NewServer,
): NewServerInput | undefined {
  const launch = way === 'command' ? readCommand(text, secrets) : readAddress(text, secrets);
  const isWhole = secrets.every((one) => one.value !== '' && isSecretName(way, one.name));
  if (launch === undefined || !isWhole || name.trim() === '') return undefined;
  return {
    name: name.trim(),
    launch,
    secrets: Object.fromEntries(secrets.map((one) => [nameOf(one), one.value])),
  };
}

export function isSecretName(way: Exclude<NewServerWay, 'json'>, name: string): boolean {
  return (way === 'command' ? /^[A-Za-z_]\w{0,127}$/ : /^[A-Za-z][A-Za-z0-9-]{0,127}$/).test(name);
}

function readCommand(text: string, secrets: readonly NewSecret[]): LaunchSpec | undefined {
  const [command, ...args] = splitCommand(text) ?? [];
  if (command === undefined || command === '') return undefined;
  // What an argument refers to is given there, not as a variable too.
  const named = secretNamesIn(...args);
  const given = secrets.filter((secret) => !named.includes(secret.name));
  return { transport: 'stdio', command, args, env: templatesOf(given) };
}

function readAddress(text: string, secrets: readonly NewSecret[]): LaunchSpec | undefined {
  const url = text.trim();
  if (!isAddress(url)) return undefined;
  return { transport: 'streamable-http', url, headers: templatesOf(secrets) };
}

export function isAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function templatesOf(secrets: readonly NewSecret[]): Record<string, string> {
  return Object.fromEntries(secrets.map((one) => [one.name, secretTemplate(nameOf(one))]));
}

/** A secret's name has the letters of a variable; a header's may have hyphens. */
function nameOf({ name }: NewSecret): string {
  return name.replaceAll('-', '_');
}

const word = /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)|([^\s"'\\]+)|(\s+)/suy;

/** Words of a command line: quotes and backslashes as in a shell, nothing else. Undefined when a quote is open. */
export function splitCommand(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let current: string | undefined;
  word.lastIndex = 0;
  while (word.lastIndex < text.length) {
    const match = word.exec(text);
    if (match === null) return undefined;
    const [, double, single, escaped, plain, space] = match;
    if (space === undefined) {
      current = `${current ?? ''}${double?.replace(/\\(["\\$`])/g, '$1') ?? single ?? escaped ?? plain ?? ''}`;
    } else if (current !== undefined) {
      words.push(current);
      current = undefined;
    }
  }
  return current === undefined ? words : [...words, current];
}
