/** The exact plan: servers, every changed line, open questions, the yes that some items need. */
import { Button, Checkbox, Radio } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type {
  PlanItem,
  PlanQuestion,
  ProtectChoices,
  ProtectPlan,
} from '../../shared/models/protect.ts';
import { useConnection } from '../connection.ts';
import type { Problem } from '../problem.ts';
import { Bar } from '../ui/bar.tsx';
import { Failed } from '../ui/blank.tsx';
import { Diff } from '../ui/diff.tsx';
import { cutText } from '../ui/escape-text.ts';
import { Notice } from '../ui/notice.tsx';
import { Section } from '../ui/page.tsx';
import { PathText, PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { toggle } from '../ui/toggle.ts';
import { words } from '../words.ts';
import classes from './exposure.module.css';
import { useClientNames } from './names.ts';
import { Read } from './read.tsx';
import { countSecrets, offeredIn, type Review } from './review.ts';

const say = words.exposure.plan;
const openUpTo = 4;

type Consent = NonNullable<PlanItem['consent']>;

interface PlanStepProps {
  readonly ticked: ReadonlySet<string>;
  readonly review: Review;
  readonly failure: { readonly problem: Problem; readonly isConflict: boolean } | undefined;
  readonly onBack: () => void;
  readonly onApply: (choices: ProtectChoices) => void;
}

export function PlanStep(props: PlanStepProps) {
  const { ticked, failure } = props;
  const { queries } = useConnection();
  const query = useQuery(queries.plan([...ticked].toSorted()));
  return (
    <>
      {failure !== undefined && (
        <div className={classes.spaced}>
          {failure.isConflict ? (
            <Notice tone="exposed" live title={say.changed} />
          ) : (
            <Failed problem={failure.problem} />
          )}
        </div>
      )}
      <Read query={query}>{(plan) => <ShownPlan {...props} plan={plan} />}</Read>
    </>
  );
}

function ShownPlan({
  plan,
  ticked,
  review,
  onBack,
  onApply,
}: PlanStepProps & { plan: ProtectPlan }) {
  const items = offeredIn(review).filter(({ item }) => ticked.has(item.id));
  const servers = new Set(items.map(({ item }) => item.server));
  const [consents, setConsents] = useState<ReadonlySet<Consent>>(new Set());
  const [answers, setAnswers] = useState<Readonly<Record<string, string>>>({});
  const needed = [...new Set(items.flatMap(({ item }) => item.consent ?? []))];
  const questions = plan.questions.filter(({ server }) => servers.has(server));
  const obstacle = findObstacle({ items: items.length, needed, consents, questions, answers });
  return (
    <>
      {questions.length > 0 && (
        <Section title={say.questions}>
          {questions.map((question) => (
            <Question
              key={question.id}
              question={question}
              serverName={plan.servers.find(({ id }) => id === question.server)?.name}
              answer={answers[question.id]}
              onAnswer={(value) => setAnswers({ ...answers, [question.id]: value })}
            />
          ))}
        </Section>
      )}
      {needed.length > 0 && (
        <Section title={say.consents}>
          <div className={classes.consents}>
            {needed.map((consent) => (
              <Checkbox
                key={consent}
                label={say.consent[consent]}
                checked={consents.has(consent)}
                onChange={(event) =>
                  setConsents(toggle(consents, consent, event.currentTarget.checked))
                }
              />
            ))}
          </div>
        </Section>
      )}
      <Section title={say.title} note={say.intro} aside={say.files(plan.files.length)}>
        {plan.files.map(({ file, diff }, index) => (
          <Diff
            key={file}
            file={file}
            rows={diff}
            open={plan.files.length <= openUpTo || index === 0}
          />
        ))}
      </Section>
      <PlanServers plan={plan} servers={servers} />
      <Bar
        text={obstacle ?? say.ready(plan.files.length)}
        secondary={
          <Button variant="default" onClick={onBack}>
            {words.back}
          </Button>
        }
        primary={
          <Button
            disabled={obstacle !== undefined}
            onClick={() =>
              onApply({
                basis: plan.basis,
                selection: {},
                items: items.map(({ item }) => item.id),
                consents: needed,
                answers,
              })
            }
          >
            {say.apply(countSecrets(items))}
          </Button>
        }
      />
    </>
  );
}

interface Obstacles {
  readonly items: number;
  readonly needed: readonly Consent[];
  readonly consents: ReadonlySet<Consent>;
  readonly questions: readonly PlanQuestion[];
  readonly answers: Readonly<Record<string, string>>;
}

/** Why the plan cannot be applied yet, if it cannot. */
function findObstacle({ items, needed, consents, questions, answers }: Obstacles) {
  if (items === 0) return say.nothing;
  if (questions.some(({ id }) => answers[id] === undefined)) return say.answerFirst;
  if (needed.some((consent) => !consents.has(consent))) return say.consentFirst;
  return undefined;
}

function PlanServers({
  plan,
  servers,
}: {
  plan: ProtectPlan;
  servers: ReadonlySet<string | undefined>;
}) {
  const nameOf = useClientNames();
  const shown = plan.servers.filter(({ id }) => servers.has(id));
  if (shown.length === 0) return null;
  return (
    <Section title={say.servers}>
      <Rows label={say.servers}>
        {shown.map((server) => (
          <Row
            key={server.id}
            main={<PlainText text={server.name} oneLine />}
            sub={
              <>
                <PlainText text={server.shown} mono oneLine />
                {server.warnings.map((warning) => (
                  <PlainText key={warning} text={warning} className={classes.warning} />
                ))}
              </>
            }
            side={<PlainText text={server.clients.map(nameOf).join(', ')} oneLine />}
          />
        ))}
      </Rows>
    </Section>
  );
}

interface QuestionProps {
  readonly question: PlanQuestion;
  readonly serverName: string | undefined;
  readonly answer: string | undefined;
  readonly onAnswer: (fingerprint: string) => void;
}

function Question({ question, serverName, answer, onAnswer }: QuestionProps) {
  const nameOf = useClientNames();
  return (
    <Radio.Group
      className={classes.question}
      value={answer ?? null}
      onChange={onAnswer}
      label={
        <PlainText
          text={say.question(cutText(serverName ?? question.server, 80).head, question.secret)}
        />
      }
    >
      {question.options.map(({ fingerprint, preview, clients, files }) => (
        <Radio
          key={fingerprint}
          value={fingerprint}
          className={classes.option}
          label={<PlainText text={preview} mono />}
          description={
            <>
              {clients.length > 0 && <PlainText text={clients.map(nameOf).join(', ')} cap={160} />}
              {files.map((file) => (
                <PathText key={file} path={file} />
              ))}
            </>
          }
        />
      ))}
    </Radio.Group>
  );
}
