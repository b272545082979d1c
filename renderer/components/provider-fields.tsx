import { Button, Group, NativeSelect, Stack, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import { PROVIDER_NAMES, type ProviderName } from '../../shared/model/engine.ts';
import { t } from '../i18n/translate.ts';
import { Dialog } from './dialog.tsx';
import { NO_CHOICE, providerOptions } from './engine-modes.tsx';

/** The provider that does without the processor's AES instructions. */
const SOFTWARE: ProviderName = 'noble';

type ProviderFieldsProps = Readonly<{
  value: ProviderName | null;
  /** What counts without a choice; null: the fastest. */
  inherited: ProviderName | null;
  /** Words for no choice; without them it is the fastest. */
  noChoice?: string | undefined;
  isDisabled?: boolean;
  onChange: (provider: ProviderName | null) => void;
}>;

/** Which provider works, and whether the processor's AES instructions do; giving those up is confirmed. */
export function ProviderFields(props: ProviderFieldsProps) {
  const { value, inherited, noChoice, isDisabled = false, onChange } = props;
  const [isAsking, setAsking] = useState(false);
  const isSoftware = (value ?? inherited) === SOFTWARE;
  const choose = (provider: ProviderName | null) => {
    if (provider === SOFTWARE && !isSoftware) setAsking(true);
    else onChange(provider);
  };
  const [fastest, ...pinned] = providerOptions();
  const automatic = noChoice === undefined ? fastest : { value: NO_CHOICE, label: noChoice };
  return (
    <>
      <NativeSelect
        label={t('engine.provider')}
        value={value ?? NO_CHOICE}
        data={[automatic, ...pinned]}
        disabled={isDisabled}
        onChange={({ currentTarget: { value: name } }) =>
          choose(PROVIDER_NAMES.find((known) => known === name) ?? null)
        }
      />
      <Switch
        label={t('engine.hardware')}
        description={t('engine.hardwareText')}
        checked={!isSoftware}
        disabled={isDisabled}
        onChange={({ currentTarget: { checked } }) =>
          choose(checked ? (inherited === SOFTWARE ? 'native' : null) : SOFTWARE)
        }
      />
      {isAsking && (
        <Dialog title={t('engine.softwareAsk')} onClose={() => setAsking(false)}>
          <Stack gap="md">
            <Text size="sm">{t('engine.softwareText')}</Text>
            <Group justify="flex-end" gap="xs">
              <Button variant="default" data-autofocus onClick={() => setAsking(false)}>
                {t('common.cancel')}
              </Button>
              <Button
                onClick={() => {
                  setAsking(false);
                  onChange(SOFTWARE);
                }}
              >
                {t('engine.softwareUse')}
              </Button>
            </Group>
          </Stack>
        </Dialog>
      )}
    </>
  );
}
