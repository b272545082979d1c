import { Loader } from '@mantine/core';
import { AlertIcon, CheckIcon, CloseIcon, LockIcon, UnlockIcon } from './icons.tsx';
import classes from './state-badge.module.css';

export type BadgeTone = 'calm' | 'good' | 'busy' | 'warn' | 'bad' | 'done' | 'stopped';

const ICONS: Readonly<Record<BadgeTone, React.ReactNode>> = {
  calm: <LockIcon size={14} />,
  good: <UnlockIcon size={14} />,
  busy: <Loader size={12} color="currentColor" aria-hidden="true" />,
  warn: <AlertIcon size={14} />,
  bad: <AlertIcon size={14} />,
  done: <CheckIcon size={14} />,
  stopped: <CloseIcon size={14} />,
};

/** A state in words, with an icon and a colour that say the same. */
export function StateBadge({ tone, children }: { tone: BadgeTone; children: string }) {
  return (
    <span className={classes['badge']} data-tone={tone}>
      {ICONS[tone]}
      {children}
    </span>
  );
}
