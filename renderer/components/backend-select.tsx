import { NativeSelect } from '@mantine/core';
import { BACKEND_CHOICES, type BackendChoice } from '../../shared/model/backend.ts';
import { t } from '../i18n/translate.ts';

/** Value of the entry that leaves the choice to somebody else. */
const NO_CHOICE = '';

type BackendSelectProps = Readonly<{
  label: string;
  description?: string;
  value: BackendChoice | null;
  /** Words for no choice; without them one must be made. */
  noChoice?: string;
  onChange: (backend: BackendChoice | null) => void;
}>;

/** Chooses how a vault is mounted. */
export function BackendSelect({
  label,
  description,
  value,
  noChoice,
  onChange,
}: BackendSelectProps) {
  return (
    <NativeSelect
      label={label}
      description={description}
      value={value ?? NO_CHOICE}
      data={[
        ...(noChoice === undefined ? [] : [{ value: NO_CHOICE, label: noChoice }]),
        ...BACKEND_CHOICES.map((choice) => ({ value: choice, label: t(`backend.${choice}`) })),
      ]}
      onChange={(event) => {
        const { value: chosen } = event.currentTarget;
        onChange(BACKEND_CHOICES.find((choice) => choice === chosen) ?? null);
      }}
    />
  );
}
