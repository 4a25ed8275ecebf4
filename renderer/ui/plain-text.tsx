/** Text that others wrote: never markup, nothing hidden in it, never longer than it should be. */
import { Fragment, useState } from 'react';
import { words } from '../words.ts';
import { cutText, escapeText, hasUnseen, shortenHome, splitPath } from './escape-text.ts';
import classes from './plain-text.module.css';

interface PlainTextProps {
  readonly text: string;
  /** Characters before the rest is put behind a button. */
  readonly cap?: number;
  readonly mono?: boolean;
  /** One line, cut by an ellipsis; the whole is in the tooltip. */
  readonly oneLine?: boolean;
  /** What stands in backticks is shown as a command, to be read and copied as one. */
  readonly commands?: boolean;
  readonly className?: string | undefined;
}

const longestTooltip = 1000;

export function PlainText({
  text,
  cap = 280,
  mono = false,
  oneLine = false,
  commands = false,
  className,
}: PlainTextProps) {
  const [open, setOpen] = useState(false);
  const { head, rest } = cutText(text, oneLine ? longestTooltip : cap);
  const escaped = escapeText(open ? text : head);
  const shown = escaped.trim() === '' ? words.plain.blank : escaped;
  const name = [mono && classes.mono, oneLine ? classes.line : classes.wrap, className]
    .filter(Boolean)
    .join(' ');
  const hint = oneLine ? shown : hasUnseen(head) ? words.plain.escaped : undefined;
  return (
    <span className={name} title={hint} dir={oneLine ? undefined : 'auto'}>
      <bdi>{commands ? markCommands(shown) : shown}</bdi>
      {rest > 0 && oneLine && '…'}
      {rest > 0 && !oneLine && (
        <Fragment>
          {!open && '… '}
          <button
            type="button"
            className={classes.more}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            {open ? words.showLess : `${words.showAll} (${words.plain.hiddenCharacters(rest)})`}
          </button>
        </Fragment>
      )}
    </span>
  );
}

/** Every second part stood in backticks; one that nothing closes is a backtick. */
function markCommands(text: string) {
  return text.split(/`([^`]+)`/).map((part, at) =>
    at % 2 === 0 ? (
      part
    ) : (
      // Two commands may be equal; the place is the identity.
      // biome-ignore lint/suspicious/noArrayIndexKey: see above
      <code key={at} className={classes.command}>
        {part}
      </code>
    ),
  );
}

/** A path on one line: the folder gives way first, the file's name stays. */
export function PathText({ path, className }: { path: string; className?: string | undefined }) {
  const { folder, name } = splitPath(escapeText(cutText(shortenHome(path), 600).head));
  return (
    <span
      className={[classes.path, className].filter(Boolean).join(' ')}
      title={escapeText(path.slice(0, longestTooltip))}
    >
      <bdi className={classes.folder}>{folder}</bdi>
      <bdi className={classes.name}>{name}</bdi>
    </span>
  );
}
