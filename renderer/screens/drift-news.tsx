/** Drift in one line, where there is any. */
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
  const isExposed = counts.exposedAgain > 0;
  return (
    <div className={classes.notice}>
      <Notice
        tone={isExposed ? 'exposed' : 'broken'}
        live
        title={say.title(counts.drifted)}
        action={
          <Button component={Link} href="/clients" variant="default" size="xs">
            {say.action}
          </Button>
        }
      >
        {isExposed ? say.exposed(counts.exposedAgain) : undefined}
      </Notice>
    </div>
  );
}
