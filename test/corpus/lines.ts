/** Text files of the corpus: dotenv, histories, logs, comments, broken files, a value a line. */
import type { CorpusFile, FileLabel } from './files.ts';
import { makeNegative } from './negatives.ts';
import type { Dice } from './random.ts';
import { shapes } from './shapes.ts';

interface Line {
  readonly text: string;
  readonly label?: Omit<FileLabel, 'pointer'>;
  readonly group?: string;
  readonly name: string;
  readonly value: string;
}

function oneLine(dice: Dice): Line {
  if (dice.chance(0.4)) {
    const fragment = makeNegative(dice);
    const [name, value] = Object.entries(fragment.env ?? { LOG_LEVEL: 'debug' })[0] ?? [
      'LOG_LEVEL',
      'debug',
    ];
    return { text: `${name}=${value}`, name, value, group: fragment.group };
  }
  const shape = dice.pick(shapes);
  const name = dice.pick(shape.names);
  const value = shape.make(dice);
  return {
    text: `${name}=${value}`,
    name,
    value,
    label: { kind: shape.kind, family: shape.family, place: '' },
  };
}

const simple = (line: Line) =>
  !/[\n'"`$\\]/.test(line.value) && !line.value.includes(' ') && !/^[-#]/.test(line.value);

type LineForm = {
  readonly file: string;
  readonly format: string;
  readonly write: (line: Line, dice: Dice) => string;
  readonly pointer: (line: Line, number: number) => string;
};

const lineForms: readonly LineForm[] = [
  {
    file: '.env',
    format: 'dotenv',
    write: (line, dice) =>
      dice.pick([line.text, `export ${line.name}="${line.value}"`, `${line.name}='${line.value}'`]),
    pointer: (line) => `/${line.name}`,
  },
  {
    file: '.bash_history',
    format: 'history',
    write: (line, dice) =>
      dice.pick([
        `export ${line.text}`,
        `${line.name}='${line.value}' npx -y some-mcp`,
        `claude mcp add thing -e ${line.text} -- npx thing`,
      ]),
    pointer: (_, number) => `#L${number}`,
  },
  {
    file: '.zsh_history',
    format: 'history',
    write: (line) => `: 17000${line.name.length}0000:0;export ${line.name}="${line.value}"`,
    pointer: (_, number) => `#L${number}`,
  },
  {
    file: 'fish_history',
    format: 'history',
    write: (line) => `- cmd: set -gx ${line.name} ${line.value}`,
    pointer: (_, number) => `#L${number}`,
  },
  {
    file: 'ConsoleHost_history.txt',
    format: 'history',
    write: (line) => `$env:${line.name} = "${line.value}"`,
    pointer: (_, number) => `#L${number}`,
  },
  {
    file: 'mcp-server.log',
    format: 'log',
    write: (line, dice) =>
      dice.pick([
        `2026-01-02T03:04:05Z [info] env {"${line.name}":"${line.value}"}`,
        `[debug] spawn ${line.text}`,
      ]),
    pointer: (_, number) => `#L${number}`,
  },
  {
    file: 'notes.toml',
    format: 'toml-comment',
    write: (line) => `# ${line.name} = "${line.value}"`,
    pointer: (_, number) => `#L${number}`,
  },
  {
    file: 'mcp.jsonc',
    format: 'jsonc-comment',
    write: (line, dice) =>
      dice.pick([`  // "${line.name}": "${line.value}",`, `  /* ${line.text} */`]),
    pointer: (_, number) => `#L${number}`,
  },
  {
    file: 'broken.json',
    format: 'broken',
    write: (line) => `  "${line.name}": "${line.value}"`,
    pointer: (_, number) => `#L${number}`,
  },
];

/** One file of about `count` lines. */
export function makeLines(dice: Dice, index: number, count: number): CorpusFile {
  const form = lineForms[index % lineForms.length] ?? lineForms[0];
  if (form === undefined) throw new RangeError('No form.');
  const used = new Set<string>();
  const lines = Array.from({ length: count }, () => oneLine(dice)).filter((line) => {
    if (!simple(line) || used.has(line.name)) return false;
    used.add(line.name);
    return true;
  });
  const [open, close] =
    form.format === 'jsonc-comment' || form.format === 'broken'
      ? ['{', form.format === 'broken' ? '' : '  "mcpServers": {}\n}']
      : ['# made by the corpus', ''];
  const place = form.format;
  return {
    file: `t${index}/${form.file}`,
    format: form.format,
    text: `${[open, ...lines.map((line) => form.write(line, dice)), close].join('\n')}\n`,
    labels: lines.flatMap((line, at) =>
      line.label === undefined
        ? []
        : [{ ...line.label, place, pointer: form.pointer(line, at + 2) }],
    ),
    negatives: lines.flatMap((line, at) =>
      line.group === undefined ? [] : [{ group: line.group, pointer: form.pointer(line, at + 2) }],
    ),
    values: lines.flatMap((line) => (line.label === undefined ? [] : [line.value])),
  };
}
