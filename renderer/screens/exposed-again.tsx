/** Says on every screen that a secret which was protected stands in plain text again, until seen or solved. */
import { Button, CloseButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { DriftCell } from '../../shared/models/drift.ts';
import { useConnection } from '../connection.ts';
import { Notice } from '../ui/notice.tsx';
import { PlainText } from '../ui/plain-text.tsx';
import { words } from '../words.ts';
import classes from './frame.module.css';
import { cellPath } from './names.ts';

const say = words.drift.again;

export function ExposedAgain() {
  const { queries } = useConnection();
  const { data } = useQuery(queries.drift());
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const cells = (data?.cells ?? []).filter(isExposedAgain);
  // What was solved and happens once more is news once more.
  const kept = [...seen].filter((id) => data === undefined || cells.some((cell) => cell.id === id));
  if (kept.length < seen.size) setSeen(new Set(kept));
  const news = cells.filter(({ id }) => !seen.has(id));
  const [first] = news;
  return (
    // Always there, so that what comes into it is announced.
    <div aria-live="assertive">
      {first !== undefined && (
        <div className={classes.news}>
          <News
            place={words.drift.panel.title(
              first.entryName,
              data?.clients.find(({ id }) => id === first.client)?.name ?? first.client,
            )}
            to={cellPath(first.id)}
            more={news.length - 1}
            onShow={() => setSeen(new Set([...seen, first.id]))}
            onClose={() => setSeen(new Set([...seen, ...news.map(({ id }) => id)]))}
          />
        </div>
      )}
    </div>
  );
}

function isExposedAgain({ state, ignored }: DriftCell): boolean {
  return state === 'exposed-again' && !ignored;
}

interface NewsProps {
  readonly place: string;
  readonly to: string;
  readonly more: number;
  readonly onShow: () => void;
  readonly onClose: () => void;
}

function News({ place, to, more, onShow, onClose }: NewsProps) {
  return (
    <Notice
      tone="exposed"
      title={say.title(more + 1)}
      action={
        <span className={classes.newsActions}>
          <Button component={Link} href={to} variant="default" size="xs" onClick={onShow}>
            {say.show}
          </Button>
          <CloseButton aria-label={say.close} title={say.close} onClick={onClose} />
        </span>
      }
    >
      <PlainText text={more === 0 ? place : say.andMore(place, more)} cap={160} />
    </Notice>
  );
}
