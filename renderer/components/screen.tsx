import type { ReactNode } from 'react';
import classes from './screen.module.css';

type ScreenProps = Readonly<{
  title: string;
  /** Beside the title, such as a state. */
  mark?: ReactNode;
  /** Above the title: the way back. */
  back?: ReactNode;
  subtitle?: string | undefined;
  actions?: ReactNode;
  children: ReactNode;
}>;

/** A screen: heading, actions at its right, content below in one readable column. */
export function Screen({ title, mark, back, subtitle, actions, children }: ScreenProps) {
  return (
    <div className={classes['screen']}>
      <header className={classes['header']}>
        <div className={classes['heading']}>
          {back}
          <div className={classes['titleLine']}>
            <h1 className={classes['title']} tabIndex={-1} data-screen-title>
              {title}
            </h1>
            {mark}
          </div>
          {subtitle !== undefined && <p className={classes['subtitle']}>{subtitle}</p>}
        </div>
        <div className={classes['actions']}>{actions}</div>
      </header>
      {children}
    </div>
  );
}

/** A card without a title of its own. */
export function Card({ children }: { children: ReactNode }) {
  return <div className={classes['section']}>{children}</div>;
}

/** A titled card of a screen's content. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes['section']}>
      <h2 className={classes['sectionTitle']}>{title}</h2>
      {children}
    </section>
  );
}
