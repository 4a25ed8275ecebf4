/** A bar of how much of the largest a thing takes. The number beside it says the same. */
import classes from './meter.module.css';

export function Meter({ part, of }: { part: number; of: number }) {
  const share = of <= 0 ? 0 : Math.min(1, part / of);
  return (
    <span className={classes.meter} aria-hidden="true">
      <span className={classes.bar} style={{ width: `${Math.max(2, share * 100)}%` }} />
    </span>
  );
}
