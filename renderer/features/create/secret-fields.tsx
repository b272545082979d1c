import { Button, Group, SegmentedControl, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useCapabilities } from '../../bridge/bridge-context.tsx';
import { PassphraseField } from '../../components/passphrase-field.tsx';
import { PathField } from '../../components/path-field.tsx';
import {
  judgeStrength,
  loadDictionaries,
  type Strength,
  StrengthMeter,
} from '../../components/strength-meter.tsx';
import { t } from '../../i18n/translate.ts';
import classes from './create-screen.module.css';
import { suggestPassphrase } from './suggest-passphrase.ts';
import type { Create } from './use-create.ts';

/** What opens the vault: a passphrase, or a keyfile. */
export function SecretFields({ create }: { create: Create }) {
  const { hasNativeDialogs } = useCapabilities();
  const { keyfile } = create;
  return (
    <>
      <SegmentedControl
        aria-label={t('unlock.with')}
        value={create.secretKind}
        onChange={(kind) => create.setSecretKind(kind === 'keyfile' ? 'keyfile' : 'passphrase')}
        data={[
          { value: 'passphrase', label: t('unlock.withPassphrase') },
          { value: 'keyfile', label: t('unlock.withKeyfile') },
        ]}
      />
      <div hidden={create.secretKind !== 'passphrase'} className={classes['secret']}>
        <PassphrasePair create={create} />
      </div>
      {create.secretKind === 'keyfile' && (
        <PathField
          label={t('unlock.keyfile')}
          description={t('create.keyfileText')}
          text={keyfile.text}
          error={create.fault === 'keyfile' ? t('path.invalid') : undefined}
          hasNativeDialogs={hasNativeDialogs}
          onType={keyfile.type}
          onChoose={keyfile.choose}
        />
      )}
      <Text size="xs" c="dimmed">
        {t('create.lossText')}
      </Text>
    </>
  );
}

/** The passphrase twice, with a judgement of its strength. Only the judgement is kept in state. */
function PassphrasePair({ create }: { create: Create }) {
  const [strength, setStrength] = useState<Strength>(null);
  const [isVisible, setVisible] = useState(false);
  const { passphrase, repeated, fault } = create;
  const judge = () => setStrength(judgeStrength(passphrase.current?.value ?? ''));
  // What was typed before the dictionaries came is judged again with them.
  useEffect(() => {
    void loadDictionaries().then(() => setStrength(judgeStrength(passphrase.current?.value ?? '')));
  }, [passphrase]);
  const onEdit = () => {
    judge();
    create.clearFault();
  };
  const suggest = () => {
    const words = suggestPassphrase();
    for (const { current } of [passphrase, repeated]) if (current !== null) current.value = words;
    setVisible(true);
    onEdit();
    passphrase.current?.focus();
  };
  return (
    <>
      <div className={classes['pair']}>
        <PassphraseField
          label={t('create.passphrase')}
          inputRef={passphrase}
          error={fault === 'empty' ? t('create.empty') : undefined}
          isVisible={isVisible}
          onVisibility={setVisible}
          onEdit={onEdit}
        />
        <PassphraseField
          label={t('create.repeat')}
          inputRef={repeated}
          error={fault === 'mismatch' ? t('create.mismatch') : undefined}
          isVisible={isVisible}
          onVisibility={setVisible}
          onEdit={create.clearFault}
        />
      </div>
      <StrengthMeter strength={strength} />
      <Group gap="sm">
        <Button size="compact-sm" variant="default" onClick={suggest}>
          {t('create.suggest')}
        </Button>
        <Text size="xs" c="dimmed" flex="1 1 200px">
          {t('create.suggestText')}
        </Text>
      </Group>
    </>
  );
}
