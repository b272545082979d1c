import { Fragment } from 'react';
import { ENGINE_MODES, type EngineMode } from '../../shared/model/engine.ts';
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
