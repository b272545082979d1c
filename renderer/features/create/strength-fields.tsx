import { NativeSelect, TextInput } from '@mantine/core';
import { KDF_TYPES, KEY_SIZES_BITS, SECTOR_SIZES } from '../../../shared/model/create-options.ts';
import type { KdfEstimate } from '../../../shared/model/kdf-estimate.ts';
import { useKdfEstimate } from '../../bridge/use-kdf-estimate.ts';
import { Fold } from '../../components/fold.tsx';
import { CheckIcon, CloseIcon } from '../../components/icons.tsx';
import { describeEstimate, KdfTime } from '../../components/kdf-time.tsx';
import { t } from '../../i18n/translate.ts';
import type { CreateForm } from './create-form.ts';
import classes from './create-screen.module.css';
import { findReaders } from './find-readers.ts';

/** Longest label that a LUKS2 header holds, without its final zero. */
const LABEL_LENGTH = 47;

type StrengthFieldsProps = Readonly<{
  form: CreateForm;
  /** Nothing is measured while nobody looks. */
  isShown: boolean;
}>;

/** What an unlock costs: the owner once, an attacker for each guess; and where it is affordable. */
export function StrengthFields({ form, isShown }: StrengthFieldsProps) {
  const { fields, set } = form;
  const estimate = useKdfEstimate(fields.kdfType, fields.kdfTimeMs, isShown);
  return (
    <>
      <KdfTime
        label={t('create.kdfTime')}
        valueMs={fields.kdfTimeMs}
        text={`${describeEstimate(estimate)}. ${t('create.kdfTimeText')}`}
        onChange={(kdfTimeMs) => set({ kdfTimeMs })}
      />
      {estimate !== null && <Readers estimate={estimate} />}
      <Fold label={t('create.advanced')}>
        <AdvancedFields form={form} />
      </Fold>
    </>
  );
}

/** On which machines the vault will open, by the memory that its key derivation needs. */
function Readers({ estimate }: { estimate: KdfEstimate }) {
  return (
    <div className={classes['readers']}>
      <span id="create-readers">{t('create.opensOn')}</span>
      <ul aria-labelledby="create-readers">
        {findReaders(estimate).map(({ name, verdict }) => (
          <li key={name} data-verdict={verdict}>
            {verdict === 'no' ? <CloseIcon size={14} /> : <CheckIcon size={14} />}
            <span>
              {t(`create.reader.${name}`)}: {t(`create.verdict.${verdict}`)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function AdvancedFields({ form }: { form: CreateForm }) {
  const { fields, set } = form;
  return (
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
