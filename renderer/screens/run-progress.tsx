/** How far a run is. */
import { Progress as ProgressBar } from '@mantine/core';
import type { Progress } from '../../shared/models/protect.ts';
import { PathText, PlainText } from '../ui/plain-text.tsx';
import { words } from '../words.ts';
import classes from './exposure.module.css';

const say = words.exposure.run;

interface RunProgressProps {
  readonly title: string;
  readonly progress: Progress | undefined;
}

export function RunProgress({ title, progress }: RunProgressProps) {
  const share =
    progress === undefined || progress.total === 0 ? 0 : (100 * progress.done) / progress.total;
  return (
    <div className={classes.running}>
      <h2 className={classes.big}>{title}</h2>
      <ProgressBar.Root size="sm">
        <ProgressBar.Section value={share} aria-label={title} />
      </ProgressBar.Root>
      <div className={classes.runLine} role="status">
        {progress !== undefined && (
          <>
            <span>{say.step[progress.step]}</span>
            {/[/\\]/.test(progress.subject) ? (
              <PathText path={progress.subject} />
            ) : (
              <PlainText text={progress.subject} oneLine />
            )}
            <span className={classes.lineNumber}>{say.of(progress.done, progress.total)}</span>
          </>
        )}
      </div>
      <p className={classes.itemNote}>{say.safe}</p>
    </div>
  );
}
