import { Kbd } from '@mantine/core';
import classes from './shortcut.module.css';

/** The keys of a command, as a hint beside its words. */
export function Shortcut({ keys }: { keys: readonly string[] }) {
  return (
    <span className={classes['shortcut']} aria-hidden="true">
      {keys.map((key) => (
        <Kbd key={key} size="xs">
          {key}
        </Kbd>
      ))}
    </span>
  );
}
