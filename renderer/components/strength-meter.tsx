import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { t } from '../i18n/translate.ts';
import classes from './strength-meter.module.css';

/** 0 to 4, from "far too easy" to "very hard"; null for an empty passphrase. */
export type Strength = 0 | 1 | 2 | 3 | 4 | null;

/** More of a passphrase than this makes it no easier to judge, only slower. */
const JUDGED_LENGTH = 96;
const STEPS = [1, 2, 3, 4] as const;

/** Grows a dictionary once {@link loadDictionaries} has come back. */
let estimator = new ZxcvbnFactory({});
let loading: Promise<void> | undefined;

/** Loads the words and keyboard patterns that people use, apart from the page that needs them. */
export function loadDictionaries(): Promise<void> {
  loading ??= import('@zxcvbn-ts/language-common').then(({ adjacencyGraphs, dictionary }) => {
    estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
  });
  return loading;
}

/** Judges how hard a passphrase is to guess. Nothing of the text is kept. */
export function judgeStrength(text: string): Strength {
  if (text === '') return null;
  try {
    return estimator.check(text.slice(0, JUDGED_LENGTH)).score;
  } finally {
    // The estimator remembers what it saw last.
    estimator.check('');
  }
}

/** Four bars and a sentence on how hard a passphrase is to guess. */
export function StrengthMeter({ strength }: { strength: Strength }) {
  const words =
    strength === null ? t('passphrase.strengthEmpty') : t(`passphrase.strength${strength}`);
  return (
    <div className={classes['meter']} data-strength={strength ?? 'empty'}>
      <div className={classes['bars']} aria-hidden="true">
        {STEPS.map((step) => (
          <span key={step} data-lit={strength !== null && Math.max(1, strength) >= step} />
        ))}
      </div>
      <span className={classes['words']} role="status">
        {words}
      </span>
    </div>
  );
}
