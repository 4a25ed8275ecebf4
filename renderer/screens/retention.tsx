/** How long sealed copies of clients' files are kept. */
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { retentionLimits } from '../../shared/limits.ts';
import type { Retention } from '../../shared/models/server.ts';
import { useConnection } from '../connection.ts';
import { describeProblem } from '../problem.ts';
import { Failed } from '../ui/blank.tsx';
import { Section } from '../ui/page.tsx';
import { useToast } from '../ui/toasts.tsx';
import { words } from '../words.ts';
import { Read } from './read.tsx';
import classes from './settings.module.css';

const say = words.settings.retention;
const megabyte = 1_000_000;

export function RetentionSection() {
  const { queries } = useConnection();
  const query = useQuery(queries.retention());
  return (
    <Section title={say.title} note={say.note} panel>
      <Read query={query}>{(kept) => <Limits key={JSON.stringify(kept)} kept={kept} />}</Read>
    </Section>
  );
}

function Limits({ kept }: { kept: Retention }) {
  const { api } = useConnection();
  const cache = useQueryClient();
  const toast = useToast();
  const [days, setDays] = useState(String(kept.days));
  const [copies, setCopies] = useState(String(kept.copies));
  const shownMegabytes = String(Math.round(kept.bytes / megabyte));
  const [megabytes, setMegabytes] = useState(shownMegabytes);
  const wanted = {
    days: readNumber(days, retentionLimits.days),
    copies: readNumber(copies, retentionLimits.copies),
    // What was not touched stays as it is, to the byte.
    bytes:
      megabytes === shownMegabytes
        ? kept.bytes
        : readNumber(megabytes, retentionLimits.bytes, megabyte),
  };
  const set = useMutation({
    mutationFn: (retention: Retention) => api.drift.setRetention(retention),
    onSuccess: async () => {
      toast(say.saved);
      await cache.invalidateQueries({ queryKey: ['retention'] });
    },
  });
  const chosen = isWhole(wanted) ? wanted : undefined;
  const isFewer =
    chosen !== undefined &&
    (chosen.days < kept.days || chosen.copies < kept.copies || chosen.bytes < kept.bytes);
  const isSame =
    chosen?.days === kept.days && chosen.copies === kept.copies && chosen.bytes === kept.bytes;
  const { min, max } = retentionLimits.days;
  const ofCopies = retentionLimits.copies;
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen !== undefined) set.mutate(chosen);
      }}
    >
      <div className={classes.limits}>
        <Limit
          label={say.days}
          value={days}
          onChange={setDays}
          rule={say.range(min, max)}
          good={wanted.days !== undefined}
        />
        <Limit
          label={say.copies}
          value={copies}
          onChange={setCopies}
          rule={say.range(ofCopies.min, ofCopies.max)}
          good={wanted.copies !== undefined}
        />
        <Limit
          label={say.megabytes}
          value={megabytes}
          onChange={setMegabytes}
          rule={say.from(retentionLimits.bytes.min / megabyte)}
          good={wanted.bytes !== undefined}
        />
      </div>
      {isFewer && (
        <p className={classes.hint} role="status">
          {say.fewer}
        </p>
      )}
      {set.isError && <Failed problem={describeProblem(set.error)} small />}
      <div>
        <Button
          type="submit"
          variant="default"
          loading={set.isPending}
          disabled={chosen === undefined || isSame}
        >
          {say.save}
        </Button>
      </div>
    </form>
  );
}

interface LimitProps {
  readonly label: string;
  readonly value: string;
  readonly rule: string;
  readonly good: boolean;
  readonly onChange: (value: string) => void;
}

function Limit({ label, value, rule, good, onChange }: LimitProps) {
  return (
    <TextInput
      label={label}
      inputMode="numeric"
      value={value}
      error={good ? undefined : rule}
      onChange={(event) => onChange(event.currentTarget.value)}
      autoComplete="off"
    />
  );
}

function readNumber(
  text: string,
  { min, max }: { readonly min: number; readonly max: number },
  unit = 1,
): number | undefined {
  const value = /^\d{1,15}$/.test(text.trim()) ? Number(text) * unit : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}

function isWhole(
  wanted: {
    readonly [name in keyof Retention]: number | undefined;
  },
): wanted is Retention {
  return Object.values(wanted).every((value) => value !== undefined);
}
