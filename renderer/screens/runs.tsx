/** Earlier runs, newest first, each with its way back. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { RunSummary } from '../../shared/models/protect.ts';
import { useConnection } from '../connection.ts';
import { Section } from '../ui/page.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { formatAge, formatMoment } from '../words/counting.ts';
import { words } from '../words.ts';

const say = words.exposure.runs;
const mostShown = 10;

const stateOfRun = {
  done: 'protected',
  partly: 'exposed',
  failed: 'broken',
  undone: 'quiet',
  unfinished: 'broken',
} as const;

export function Runs() {
  const { queries } = useConnection();
  const { data } = useQuery(queries.runs());
  if (data === undefined || data.length === 0) return null;
  const newest = data.toSorted((a, b) => b.at.localeCompare(a.at)).slice(0, mostShown);
  return (
    <Section title={say.title}>
      <Rows label={say.title}>
        {newest.map((run) => (
          <Row
            key={run.id}
            main={say.kind[run.kind]}
            sub={
              <>
                <span title={formatMoment(run.at)}>{formatAge(run.at, Date.now())}</span>
                <span>{say.line(run.servers.length, run.files.length)}</span>
              </>
            }
            side={<StateMark state={stateOfRun[run.state]} label={say.state[run.state]} />}
            actions={
              canUndo(run) ? (
                <Button
                  component={Link}
                  href={`/exposure/undo/${encodeURIComponent(run.id)}`}
                  size="compact-sm"
                  variant="subtle"
                >
                  {say.undo}
                </Button>
              ) : undefined
            }
          />
        ))}
      </Rows>
    </Section>
  );
}

function canUndo({ kind, state }: RunSummary): boolean {
  return kind === 'protect' && state !== 'undone' && state !== 'failed';
}
