/** What a run did: one receipt an item, what is left, which old values to rotate, the way back. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Receipt, RunResult } from '../../shared/models/protect.ts';
import { useConnection } from '../connection.ts';
import { Gate } from '../ui/gate.tsx';
import { Section } from '../ui/page.tsx';
import { PathText, PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { WebLink } from '../ui/web-link.tsx';
import { words } from '../words.ts';
import classes from './exposure.module.css';
import { SetSecret } from './set-secret.tsx';

const say = words.exposure.done;

const stateOfOutcome = {
  done: 'protected',
  unchanged: 'quiet',
  failed: 'broken',
  skipped: 'quiet',
} as const;

interface ReceiptsStepProps {
  /** What was done; the run in the result is the one that an undo undid. */
  readonly kind: RunResult['run']['kind'];
  readonly result: RunResult;
  readonly onFinish: () => void;
}

export function ReceiptsStep({ kind, result, onFinish }: ReceiptsStepProps) {
  const { run, receipts, remaining } = result;
  const done = receipts.filter(({ outcome }) => outcome === 'done').length;
  const failed = receipts.filter(({ outcome }) => outcome === 'failed').length;
  return (
    <>
      <div className={classes.doneHead}>
        <div className={classes.gate}>
          <Gate position={kind === 'protect' && remaining === 0 ? 'down' : 'up'} />
        </div>
        <div>
          <h2 className={classes.big}>{titleOf(kind, result.run.state, failed > 0)}</h2>
          {kind === 'protect' && <p className={classes.lead}>{say.remaining(remaining)}</p>}
          {failed > 0 && <p className={classes.lead}>{say.tally(done, failed)}</p>}
          <div className={classes.doneButtons}>
            <Button onClick={onFinish}>
              {kind === 'protect' && remaining > 0 ? say.again : say.finish}
            </Button>
            {kind === 'protect' && run.state !== 'failed' && (
              <Button
                component={Link}
                href={`/exposure/undo/${encodeURIComponent(run.id)}`}
                variant="default"
              >
                {say.undo}
              </Button>
            )}
          </div>
        </div>
      </div>
      <RotateAdvice rotate={result.rotate} />
      <Section title={say.receipts}>
        <Rows label={say.receipts}>
          {receipts.toSorted(byOutcome).map((receipt) => (
            <ReceiptRow
              key={`${receipt.item}\n${receipt.file}\n${receipt.pointer}`}
              receipt={receipt}
            />
          ))}
        </Rows>
      </Section>
    </>
  );
}

function titleOf(
  kind: RunResult['run']['kind'],
  state: RunResult['run']['state'],
  hasFailures: boolean,
): string {
  if (kind === 'undo') return hasFailures ? say.partlyUndone : say.undone;
  if (kind === 'leave') return hasFailures ? say.partlyLeft : say.left;
  return state === 'partly' || state === 'failed' ? say.title[state] : say.title.done;
}

/** What failed stands first. */
function byOutcome(a: Receipt, b: Receipt): number {
  return order.indexOf(a.outcome) - order.indexOf(b.outcome);
}

const order: readonly Receipt['outcome'][] = ['failed', 'skipped', 'done', 'unchanged'];

function ReceiptRow({ receipt }: { receipt: Receipt }) {
  const { file, pointer, server, outcome, message, hint, code } = receipt;
  const name = server ?? nameIn(pointer);
  return (
    <Row
      main={name === undefined ? <PathText path={file} /> : <PlainText text={name} oneLine />}
      sub={
        <>
          {name !== undefined && <PathText path={file} />}
          <PlainText text={message} />
          {hint !== undefined && <PlainText commands text={hint} />}
          {code !== undefined && <PlainText text={code} mono />}
        </>
      }
      side={<StateMark state={stateOfOutcome[outcome]} label={say.outcome[outcome]} />}
    />
  );
}

/** The last part of an RFC 6901 pointer. */
function nameIn(pointer: string): string | undefined {
  if (!pointer.startsWith('/')) return undefined;
  return pointer.split('/').at(-1)?.replaceAll('~1', '/').replaceAll('~0', '~') || undefined;
}

type Advice = RunResult['rotate'][number];

function RotateAdvice({ rotate }: { rotate: readonly Advice[] }) {
  const { shell } = useConnection();
  const [replacing, setReplacing] = useState<Advice>();
  if (rotate.length === 0) return null;
  return (
    <Section title={say.rotateTitle} note={say.rotateBody}>
      <Rows label={say.rotateTitle}>
        {rotate.map((advice) => (
          <Row
            key={`${advice.server}\n${advice.secret}`}
            main={<PlainText text={advice.secret} mono oneLine />}
            sub={<PlainText text={advice.server} oneLine />}
            side={
              advice.rotateUrl !== undefined && shell.can.openExternal ? (
                <WebLink url={advice.rotateUrl} open={shell.openExternal}>
                  {say.rotate}
                </WebLink>
              ) : undefined
            }
            actions={
              <Button
                size="xs"
                variant="default"
                aria-label={`${say.replace} ${advice.secret}`}
                onClick={() => setReplacing(advice)}
              >
                {say.replace}
              </Button>
            }
          />
        ))}
      </Rows>
      {replacing !== undefined && (
        <SetSecret
          server={replacing.server}
          serverName={replacing.server}
          name={replacing.secret}
          isNew={false}
          onClose={() => setReplacing(undefined)}
        />
      )}
    </Section>
  );
}
