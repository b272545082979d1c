import { NativeSelect } from '@mantine/core';
import type { KdfChoice } from '../../../shared/model/create-options.ts';
import { t } from '../../i18n/translate.ts';

/** KiB of memory that an app on a phone may take. */
const PHONE_MEMORY_KIB = 256 * 1024;

/** What a new key may cost, by the machines that it has to open on. */
export const KEY_COSTS = ['strong', 'phone', 'compatible'] as const;
export type KeyCost = (typeof KEY_COSTS)[number];

/** @param targetMs - Time that an unlock may take on this machine. */
export function kdfOf(cost: KeyCost, targetMs: number): KdfChoice {
  if (cost === 'compatible') return { type: 'pbkdf2', targetMs };
  if (cost === 'phone') return { type: 'argon2id', targetMs, memoryKib: PHONE_MEMORY_KIB };
  return { type: 'argon2id', targetMs };
}

/** Chooses how strong a new key is, with the machines that it opens on. */
export function KeyCostField({
  cost,
  onChange,
}: Readonly<{ cost: KeyCost; onChange: (cost: KeyCost) => void }>) {
  return (
    <NativeSelect
      label={t('key.cost')}
      value={cost}
      data={KEY_COSTS.map((value) => ({ value, label: t(`key.cost.${value}`) }))}
      onChange={(event) => {
        const chosen = KEY_COSTS.find((known) => known === event.currentTarget.value);
        if (chosen !== undefined) onChange(chosen);
      }}
    />
  );
}
