/** The frame of a screen: its heading, its actions, its sections. */
import ArrowLeft from 'lucide-react/icons/arrow-left';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Link } from 'wouter';
import classes from './page.module.css';

interface PageProps {
  readonly title: ReactNode;
  /** What the window is called while this screen is open. */
  readonly name: string;
  readonly intro?: ReactNode;
  readonly actions?: ReactNode;
  readonly back?: { readonly to: string; readonly label: string };
  /** Fills the height; the content scrolls by itself. */
  readonly fill?: boolean;
  /** Takes all the width there is. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}

export function Page(props: PageProps) {
  const { title, name, intro, actions, back, fill = false, wide = false, children } = props;
  const className = [classes.page, fill && classes.fill, wide && classes.wide].filter(Boolean);
  return (
    <div className={className.join(' ')}>
      <title>{`${name} · Portcullis`}</title>
      <header className={classes.header}>
        <div className={classes.heading}>
          {back !== undefined && (
            <Link href={back.to} className={classes.back}>
              <ArrowLeft size="1em" aria-hidden="true" />
              {back.label}
            </Link>
          )}
          <h1 tabIndex={-1} className={classes.title}>
            {title}
          </h1>
          {intro !== undefined && <div className={classes.intro}>{intro}</div>}
        </div>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

interface SectionProps {
  readonly title: ReactNode;
  readonly note?: ReactNode;
  readonly aside?: ReactNode;
  /** Children sit in a panel. */
  readonly panel?: boolean;
  /** It takes the place of the control that was just used, and its focus: else Tab would begin at the top. */
  readonly arrives?: boolean;
  readonly children: ReactNode;
}

export function Section(props: SectionProps) {
  const { title, note, aside, panel = false, arrives = false, children } = props;
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (arrives && document.activeElement === document.body) heading.current?.focus();
  }, [arrives]);
  return (
    <section className={classes.section} aria-labelledby={id}>
      <div className={classes.sectionHead}>
        <h2
          ref={heading}
          id={id}
          className={classes.sectionTitle}
          {...(arrives ? { tabIndex: -1 } : {})}
        >
          {title}
        </h2>
        {aside !== undefined && <div className={classes.aside}>{aside}</div>}
      </div>
      {note !== undefined && <p className={classes.note}>{note}</p>}
      {panel ? <div className={classes.panel}>{children}</div> : children}
    </section>
  );
}

/** Names and values, one pair a line; under one another where it is narrow. */
interface FactsProps {
  readonly rows: readonly { readonly name: string; readonly value: ReactNode }[];
  /** In line with the text around it, where it is in no panel of its own. */
  readonly bare?: boolean;
}

export function Facts({ rows, bare = false }: FactsProps) {
  return (
    <dl className={bare ? `${classes.facts} ${classes.bare}` : classes.facts}>
      {rows.map(({ name, value }) => (
        <div key={name} className={classes.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** One quiet line where a list would be. */
export function Nothing({ children }: { children: ReactNode }) {
  return <p className={classes.nothing}>{children}</p>;
}
