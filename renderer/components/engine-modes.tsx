import { Fragment } from 'react';
import {
  ENGINE_MODES,
  type EngineMode,
  MAX_ENGINE_THREADS,
  PROVIDER_NAMES,
} from '../../shared/model/engine.ts';
import { t } from '../i18n/translate.ts';
import classes from './engine-modes.module.css';

/** Choices of a select: every mode by its name. */
export function modeOptions(): { value: EngineMode; label: string }[] {
  return ENGINE_MODES.map((mode) => ({ value: mode, label: t(`engine.${mode}Name`) }));
}

/** Returns the mode that a select's value names; null for any other value. */
export function parseMode(value: string): EngineMode | null {
  return ENGINE_MODES.find((mode) => mode === value) ?? null;
}

/** What each mode means and when it wins, in a sentence each. */
export function EngineModes() {
  return (
    <dl className={classes['modes']}>
      {ENGINE_MODES.map((mode) => (
        <Fragment key={mode}>
          <dt>{t(`engine.${mode}Name`)}</dt>
          <dd>{t(`engine.${mode}Text`)}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

/** Value of a select that leaves the choice to Lockline. */
export const NO_CHOICE = '';

/** Returns the providers as options, the automatic choice first. */
export function providerOptions(): readonly [Option, ...Option[]] {
  const pinned = PROVIDER_NAMES.map((name) => ({ value: name, label: name }));
  return [{ value: NO_CHOICE, label: t('engine.providerAuto') }, ...pinned];
}

/** Returns numbers of crypto threads as options, the automatic choice first. */
export function threadOptions(): readonly [Option, ...Option[]] {
  const counts = Array.from({ length: MAX_ENGINE_THREADS }, (_, index) => String(index + 1));
  return [
    { value: NO_CHOICE, label: t('engine.threadsAuto') },
    ...counts.map((count) => ({ value: count, label: count })),
  ];
}

type Option = Readonly<{ value: string; label: string }>;
