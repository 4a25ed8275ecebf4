/** Drift in one line, where there is any. What it exposes again, the headline says already: this stays quiet. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useConnection } from '../connection.ts';
import { Notice } from '../ui/notice.tsx';
import { words } from '../words.ts';
import classes from './drift.module.css';

const say = words.drift.overview;

export function DriftNews() {
  const { queries } = useConnection();
  const counts = useQuery(queries.drift()).data?.counts;
  if (counts === undefined || counts.drifted + counts.exposedAgain === 0) return null;
  return (
    <div className={classes.news}>
      <Notice
        tone="plain"
        live
        title={say.title(counts.drifted)}
        action={
          <Button component={Link} href="/clients" variant="default" size="xs">
            {say.action}
          </Button>
        }
      >
        {counts.exposedAgain > 0 ? say.exposed(counts.exposedAgain) : undefined}
      </Notice>
    </div>
  );
}
