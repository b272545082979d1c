import { Radio, Stack } from '@mantine/core';
import { t } from '../../i18n/translate.ts';
import type { CreateForm } from './create-form.ts';

/** What the window offers; ext4 joins when what is in it can be changed. */
const WORDS = {
  fat32: { label: 'create.fat32', text: 'create.fat32Text' },
  none: { label: 'create.none', text: 'create.noneText' },
} as const;

const OFFERED = ['fat32', 'none'] as const satisfies readonly (keyof typeof WORDS)[];

/** What the vault is formatted with. */
export function FilesystemField({ form }: { form: CreateForm }) {
  const choose = (value: string) => {
    const filesystem = OFFERED.find((known) => known === value);
    if (filesystem !== undefined) form.set({ filesystem });
  };
  return (
    <Radio.Group label={t('create.filesystem')} value={form.fields.filesystem} onChange={choose}>
      <Stack gap="sm" mt={8}>
        {OFFERED.map((filesystem) => (
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
