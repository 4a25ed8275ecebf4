/** A new passphrase, typed twice. Handed up only when it is long enough and both are the same. */
import { PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { shortestPassphrase } from '../../shared/limits.ts';
import { words } from '../words.ts';
import { judgePassphrase } from './passphrase-strength.ts';
import classes from './settings.module.css';

const say = words.passphrase;

export function NewPassphrase({
  onChange,
}: {
  onChange: (passphrase: string | undefined) => void;
}) {
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const change = (one: string, other: string) => {
    setFirst(one);
    setSecond(other);
    const isGood = one === other && judgePassphrase(one).level !== 'short';
    onChange(isGood ? one : undefined);
  };
  return (
    <>
      <PasswordInput
        label={say.first}
        description={say.rule(shortestPassphrase)}
        value={first}
        onChange={(event) => change(event.currentTarget.value, second)}
        autoComplete="new-password"
      />
      {first !== '' && <Strength passphrase={first} />}
      <PasswordInput
        label={say.repeat}
        value={second}
        onChange={(event) => change(first, event.currentTarget.value)}
        error={second !== '' && first !== second ? say.mismatch : undefined}
        autoComplete="new-password"
      />
    </>
  );
}

function Strength({ passphrase }: { passphrase: string }) {
  const strength = judgePassphrase(passphrase);
  return (
    <p className={classes.hint} role="status">
      {strength.level === 'short'
        ? say.strength.short(strength.missing)
        : say.strength[strength.level]}
    </p>
  );
}
