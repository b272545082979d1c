import type { ReactNode } from 'react';
import classes from './field-grid.module.css';

/** Fields beside each other, as many as have room for their words; switches on lines of their own. */
export function FieldGrid({ children }: { children: ReactNode }) {
  return <div className={classes['fields']}>{children}</div>;
}
