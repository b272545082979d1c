import { Radio, Stack } from '@mantine/core';
import { FILESYSTEMS } from '../../../shared/model/create-options.ts';
import { t } from '../../i18n/translate.ts';
import type { CreateForm } from './create-form.ts';

const WORDS = {
  fat32: { label: 'create.fat32', text: 'create.fat32Text' },
  ext4: { label: 'create.ext4', text: 'create.ext4Text' },
  none: { label: 'create.none', text: 'create.noneText' },
} as const;

/** What the vault is formatted with. */
export function FilesystemField({ form }: { form: CreateForm }) {
  const choose = (value: string) => {
    const filesystem = FILESYSTEMS.find((known) => known === value);
    if (filesystem !== undefined) form.set({ filesystem });
  };
  return (
    <Radio.Group label={t('create.filesystem')} value={form.fields.filesystem} onChange={choose}>
      <Stack gap="sm" mt={8}>
        {FILESYSTEMS.map((filesystem) => (
          <Radio
            key={filesystem}
            value={filesystem}
            label={t(WORDS[filesystem].label)}
            description={t(WORDS[filesystem].text)}
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}
