import { NativeSelect, Stack, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import { KDF_TYPES, KEY_SIZES_BITS, SECTOR_SIZES } from '../../../shared/model/create-options.ts';
import { useKdfEstimate } from '../../bridge/use-kdf-estimate.ts';
import { Fold } from '../../components/fold.tsx';
import { KdfTime } from '../../components/kdf-time.tsx';
import { t } from '../../i18n/translate.ts';
import type { CreateForm } from './create-form.ts';
import classes from './create-screen.module.css';

/** Longest label that a LUKS2 header holds, without its final zero. */
const LABEL_LENGTH = 47;

/** What hardly anybody needs to change: key derivation, sectors, keys, label, allocation. */
export function AdvancedFields({ form }: { form: CreateForm }) {
  const [isOpen, setOpen] = useState(false);
  const { fields, set } = form;
  const estimate = useKdfEstimate(fields.kdfType, fields.kdfTimeMs, isOpen);
  return (
    <Fold label={t('create.advanced')} onOpen={() => setOpen(true)}>
      <Stack gap="lg">
        <KdfTime
          label={t('create.kdfTime')}
          valueMs={fields.kdfTimeMs}
          text={`${estimate}. ${t('create.kdfTimeText')}`}
          onChange={(kdfTimeMs) => set({ kdfTimeMs })}
        />
        <div className={classes['pair']}>
          <NativeSelect
            label={t('create.kdf')}
            description={t('create.kdfText')}
            value={fields.kdfType}
            data={[...KDF_TYPES]}
            onChange={(event) => set(pick('kdfType', KDF_TYPES, event.currentTarget.value))}
          />
          <TextInput
            label={t('create.label')}
            description={t('create.labelText')}
            maxLength={LABEL_LENGTH}
            value={fields.label}
            autoComplete="off"
            onChange={(event) => set({ label: event.currentTarget.value })}
          />
          <NativeSelect
            label={t('create.sector')}
            description={t('create.sectorText')}
            value={String(fields.sectorBytes)}
            data={SECTOR_SIZES.map(String)}
            onChange={(event) => set(pick('sectorBytes', SECTOR_SIZES, event.currentTarget.value))}
          />
          <NativeSelect
            label={t('create.key')}
            description={t('create.keyText')}
            value={String(fields.keyBits)}
            data={KEY_SIZES_BITS.map((bits) => ({
              value: String(bits),
              label: t('create.keyValue', { bits, aes: bits / 2 }),
            }))}
            onChange={(event) => set(pick('keyBits', KEY_SIZES_BITS, event.currentTarget.value))}
          />
        </div>
        <Switch
          label={t('create.allocate')}
          description={t('create.allocateText')}
          checked={fields.allocate}
          onChange={(event) => set({ allocate: event.currentTarget.checked })}
        />
      </Stack>
    </Fold>
  );
}

/** Returns a change of one field to the option that was selected, or none for a stranger. */
function pick<K extends string, T extends string | number>(
  field: K,
  options: readonly T[],
  selected: string,
): { [P in K]?: T } {
  const option = options.find((candidate) => String(candidate) === selected);
  return option === undefined ? {} : ({ [field]: option } as { [P in K]: T }); // computed key
}
