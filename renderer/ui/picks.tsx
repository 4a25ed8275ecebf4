/** One of a few, side by side. */
import { SegmentedControl } from '@mantine/core';
import classes from './picks.module.css';

interface PicksProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
}

export function Picks<T extends string>({ label, value, options, onChange }: PicksProps<T>) {
  return (
    <SegmentedControl
      aria-label={label}
      size="sm"
      className={classes.picks}
      value={value}
      data={[...options]}
      onChange={(chosen) => {
        const option = options.find((one) => one.value === chosen);
        if (option !== undefined) onChange(option.value);
      }}
    />
  );
}

/** A table of labels as the options of `Picks`, in its order. */
export function optionsOf<T extends string>(
  labels: Readonly<Record<T, string>>,
): readonly { readonly value: T; readonly label: string }[] {
  // Object.keys forgets the key type; the keys are exactly those of the table.
  return (Object.keys(labels) as T[]).map((value) => ({ value, label: labels[value] }));
}
