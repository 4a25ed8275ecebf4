/** Servers from before there were scopes, in one line, where there are any. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useConnection } from '../connection.ts';
import { Notice } from '../ui/notice.tsx';
import { words } from '../words.ts';
import classes from './scope.module.css';

const say = words.scope.upgrade;

export function UpgradeNews({ count }: { count: number }) {
  if (count === 0) return null;
  return (
    <div className={classes.news}>
      <Notice
        tone="plain"
        title={say.news(count)}
        action={
          <Button component={Link} href="/servers/view/upgrade" variant="default" size="xs">
            {say.open}
          </Button>
        }
      >
        {say.newsBody}
      </Notice>
    </div>
  );
}

export function OverviewUpgradeNews() {
  const { queries } = useConnection();
  return <UpgradeNews count={useQuery(queries.reach()).data?.upgradable.length ?? 0} />;
}
