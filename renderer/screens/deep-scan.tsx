/** The slow look at transcripts, logs and editor history: on request, streamed, and stoppable. */
import { Button, Loader } from '@mantine/core';
import Telescope from 'lucide-react/icons/telescope';
import { Failed } from '../ui/blank.tsx';
import { Section } from '../ui/page.tsx';
import { words } from '../words.ts';
import classes from './exposure.module.css';
import { FindingsByFile } from './left-alone.tsx';
import { type DeepScanState, useDeepScan } from './use-deep-scan.ts';

const say = words.exposure.deep;
const mostFiles = 50;

export function DeepScan() {
  const { state, start, stop } = useDeepScan();
  const isLooking = state.phase === 'looking';
  return (
    <Section title={say.title} note={say.note}>
      <div className={classes.deep}>
        {isLooking ? (
          <Button variant="default" onClick={stop}>
            {say.stop}
          </Button>
        ) : (
          <Button
            variant="default"
            leftSection={<Telescope size="1em" aria-hidden="true" />}
            onClick={() => void start()}
          >
            {state.phase === 'idle' ? say.start : say.again}
          </Button>
        )}
        {isLooking && <Loader size="1rem" aria-hidden="true" />}
        <span role="status">{describe(state)}</span>
      </div>
      {state.problem !== undefined && <Failed problem={state.problem} small />}
      <Found state={state} />
    </Section>
  );
}

function Found({ state: { findings } }: { state: DeepScanState }) {
  if (findings.length === 0) return null;
  const files = new Set(findings.map(({ file }) => file));
  const shown = new Set([...files].slice(0, mostFiles));
  return (
    <>
      <FindingsByFile findings={findings.filter(({ file }) => shown.has(file))} />
      {files.size > shown.size && (
        <p className={classes.itemNote}>{say.more(files.size - shown.size)}</p>
      )}
    </>
  );
}

function describe({ phase, findings }: DeepScanState): string {
  const count = findings.length;
  if (phase === 'looking') return say.looking(count);
  if (phase === 'stopped') return say.stopped(count);
  return phase === 'finished' ? say.finished(count) : '';
}
