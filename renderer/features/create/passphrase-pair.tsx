import { useEffect, useState } from 'react';
import { PassphraseField } from '../../components/passphrase-field.tsx';
import {
  judgeStrength,
  loadDictionaries,
  type Strength,
  StrengthMeter,
} from '../../components/strength-meter.tsx';
import { t } from '../../i18n/translate.ts';
import classes from './create-screen.module.css';
import type { Create } from './use-create.ts';

/** The passphrase twice, with a judgement of its strength. Only the judgement is kept in state. */
export function PassphrasePair({ create }: { create: Create }) {
  const [strength, setStrength] = useState<Strength>(null);
  const { passphrase, repeated, passphraseFault: fault } = create;
  // What was typed before the dictionaries came is judged again with them.
  useEffect(() => {
    void loadDictionaries().then(() => setStrength(judgeStrength(passphrase.current?.value ?? '')));
  }, [passphrase]);
  const judge = () => {
    setStrength(judgeStrength(passphrase.current?.value ?? ''));
    create.clearPassphraseFault();
  };
  return (
    <>
      <div className={classes['pair']}>
        <PassphraseField
          label={t('create.passphrase')}
          inputRef={passphrase}
          error={fault === 'empty' ? t('create.empty') : undefined}
          onEdit={judge}
        />
        <PassphraseField
          label={t('create.repeat')}
          inputRef={repeated}
          error={fault === 'mismatch' ? t('create.mismatch') : undefined}
          onEdit={create.clearPassphraseFault}
        />
      </div>
      <StrengthMeter strength={strength} />
    </>
  );
}
