/** One group of the review: a server with the files it is exposed in, or a file with its servers. */
import { Checkbox } from '@mantine/core';
import ChevronRight from 'lucide-react/icons/chevron-right';
import { useId, useState } from 'react';
import { escapeText } from '../ui/escape-text.ts';
import { PathText, PlainText } from '../ui/plain-text.tsx';
import { words } from '../words.ts';
import classes from './exposure.module.css';
import { FindingRow } from './finding-row.tsx';
import { useClientNames } from './names.ts';
import type { GroupBy, ReviewGroup, ReviewItem } from './review.ts';

const say = words.exposure;

interface GroupProps {
  readonly group: ReviewGroup;
  readonly by: GroupBy;
  readonly ticked: ReadonlySet<string>;
  readonly startsOpen: boolean;
  readonly onTick: (ids: readonly string[], on: boolean) => void;
}

export function ReviewGroupPanel({ group, by, ticked, startsOpen, onTick }: GroupProps) {
  const [open, setOpen] = useState(startsOpen);
  const body = useId();
  const ids = group.items.map(({ item }) => item.id);
  const on = ids.filter((id) => ticked.has(id)).length;
  const title = group.title === '' ? say.otherServer : group.title;
  return (
    // A fieldset would bring its own frame and cannot clip its corners.
    // biome-ignore lint/a11y/useSemanticElements: see above
    <div className={classes.group} role="group" aria-label={escapeText(title.slice(0, 200))}>
      <div className={classes.groupHead}>
        <Checkbox
          aria-label={say.itemTick(escapeText(title.slice(0, 120)))}
          checked={on === ids.length}
          indeterminate={on > 0 && on < ids.length}
          onChange={(event) => onTick(ids, event.currentTarget.checked)}
        />
        <button
          type="button"
          className={classes.groupToggle}
          aria-expanded={open}
          aria-controls={body}
          onClick={() => setOpen(!open)}
        >
          <ChevronRight className={classes.chevron} size="1em" aria-hidden="true" />
          <span className={classes.groupTitle}>
            {by === 'file' ? <PathText path={title} /> : <PlainText text={title} oneLine />}
          </span>
          <span className={classes.groupCount}>{say.groupCount(group.secrets)}</span>
        </button>
      </div>
      <div id={body} hidden={!open}>
        {open &&
          group.items.map((one) => (
            <ReviewItemRow
              key={one.item.id}
              one={one}
              by={by}
              alone={group.items.length === 1}
              on={ticked.has(one.item.id)}
              onTick={(next) => onTick([one.item.id], next)}
            />
          ))}
      </div>
    </div>
  );
}

interface ItemProps {
  readonly one: ReviewItem;
  readonly by: GroupBy;
  /** The group's own tick is the tick of its only item. */
  readonly alone?: boolean;
  readonly on: boolean;
  readonly onTick: (on: boolean) => void;
}

/** One thing to do, with its tick. */
export function ReviewItemRow({ one, by, alone = false, on, onTick }: ItemProps) {
  const { item, secrets } = one;
  const nameOf = useClientNames();
  const client = item.client === undefined ? '' : nameOf(item.client);
  const name = escapeText([item.entry, client].filter(Boolean).join(', ').slice(0, 160));
  const kind = item.kind === 'env-file' || item.kind === 'copy' ? say.itemKind[item.kind] : '';
  return (
    <div className={classes.item} data-off={!on || undefined} data-ticks>
      <div className={classes.itemHead}>
        {!alone && (
          <Checkbox
            size="xs"
            className={classes.tick ?? ''}
            aria-label={say.itemTick([name, escapeText(item.file)].filter(Boolean).join(', '))}
            checked={on}
            onChange={(event) => onTick(event.currentTarget.checked)}
          />
        )}
        {by === 'file' ? (
          <PlainText text={item.entry ?? kind} oneLine className={classes.itemName} />
        ) : (
          <>
            {(client || kind) !== '' && <span className={classes.itemName}>{client || kind}</span>}
            <PathText path={item.file} />
          </>
        )}
        <span className={classes.lineNumber}>{say.line(item.line)}</span>
      </div>
      {item.note !== '' && (
        <p className={classes.itemNote}>
          <PlainText text={item.note} />
        </p>
      )}
      <ul className={classes.secrets}>
        {secrets.map(({ planned, finding }) => (
          <FindingRow
            key={`${planned.name}\n${planned.fingerprint}`}
            name={planned.name}
            kind={planned.label}
            preview={planned.preview}
            where={planned.where}
            finding={finding}
          />
        ))}
      </ul>
    </div>
  );
}
