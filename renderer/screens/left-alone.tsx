/** What Portcullis names and leaves: listed items, findings to fix by hand, open files, what was hidden. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Finding, ScanReport } from '../../shared/models/finding.ts';
import { Section } from '../ui/page.tsx';
import { PathText, PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { words } from '../words.ts';
import classes from './exposure.module.css';
import { FindingRow } from './finding-row.tsx';
import type { Review, ReviewItem } from './review.ts';
import { SetAsideList } from './set-aside.tsx';

const say = words.exposure;

interface LeftAloneProps {
  readonly report: ScanReport;
  readonly review: Review;
  readonly onShowPossible: () => void;
}

export function LeftAlone({ report, review, onShowPossible }: LeftAloneProps) {
  return (
    <>
      {review.left.length > 0 && (
        <Section title={say.cannot}>
          <div className={classes.groups}>
            {review.left.map((one) => (
              <LeftItem key={one.item.id} one={one} />
            ))}
          </div>
        </Section>
      )}
      {review.byHand.length > 0 && (
        <Section title={say.byHand} note={say.byHandNote}>
          <FindingsByFile findings={review.byHand} />
        </Section>
      )}
      {report.warnings.length > 0 && (
        <Section title={say.fileWarnings}>
          <Rows label={say.fileWarnings}>
            {report.warnings.map(({ file, warning, message, fix }) => (
              <Row
                key={`${file}\n${warning}`}
                main={<PathText path={file} />}
                sub={
                  <>
                    <PlainText text={message} />
                    <span>{say.fix[fix]}</span>
                  </>
                }
              />
            ))}
          </Rows>
        </Section>
      )}
      <Hidden hidden={report.hidden} onShowPossible={onShowPossible} />
    </>
  );
}

function LeftItem({ one: { item, secrets } }: { one: ReviewItem }) {
  return (
    <div className={classes.group}>
      <div className={classes.item}>
        <div className={classes.itemHead}>
          <PathText path={item.file} />
          <span className={classes.lineNumber}>{say.line(item.line)}</span>
        </div>
        <p className={classes.itemNote}>
          <PlainText text={item.note} />
        </p>
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
    </div>
  );
}

/** Findings that nothing here changes, each with what a person can do. */
export function FindingsByFile({ findings }: { findings: readonly Finding[] }) {
  const files = [...Map.groupBy(findings, ({ file }) => file)];
  return (
    <div className={classes.groups}>
      {files.map(([file, inFile]) => (
        <div key={file} className={classes.group}>
          <div className={classes.item}>
            <div className={classes.itemHead}>
              <PathText path={file} />
            </div>
            <ul className={classes.secrets}>
              {inFile.map((finding) => (
                <FindingRow
                  key={`${finding.pointer}\n${finding.fingerprint}`}
                  name={say.line(finding.line)}
                  kind={finding.label}
                  preview={finding.preview}
                  where={finding.where}
                  finding={finding}
                  remedy={finding.fixes.map((fix) => say.fix[fix]).join(', ')}
                />
              ))}
            </ul>
          </div>
        </div>
      ))}
    </div>
  );
}

interface HiddenProps {
  readonly hidden: ScanReport['hidden'];
  readonly onShowPossible: () => void;
}

function Hidden({ hidden, onShowPossible }: HiddenProps) {
  const [open, setOpen] = useState(false);
  if (hidden.suppressed + hidden.possible === 0) return null;
  return (
    <div className={classes.hidden}>
      {hidden.suppressed > 0 && (
        <Button size="compact-sm" variant="subtle" onClick={() => setOpen(true)}>
          {say.suppressed(hidden.suppressed)}
        </Button>
      )}
      {hidden.possible > 0 && (
        <span>
          {say.possible(hidden.possible)}{' '}
          <Button size="compact-sm" variant="subtle" onClick={onShowPossible}>
            {say.showPossible}
          </Button>
        </span>
      )}
      {open && <SetAsideList onClose={() => setOpen(false)} />}
    </div>
  );
}
