import { useState } from 'react';
import type { CreateOptions } from '../../../shared/model/create-options.ts';
import {
  DEFAULT_CREATE_OPTIONS,
  MINIMUM_CONTAINER_BYTES,
} from '../../../shared/model/create-options.ts';
import type { PlaceInfo } from '../../../shared/model/place.ts';
import type { Settings } from '../../../shared/model/settings.ts';
import { parseSize } from '../../../shared/units.ts';
import { formatBytes } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';

/** What the form holds besides paths and passphrases. Sizes stay text until they are sent. */
export type CreateFields = Readonly<
  Omit<CreateOptions, 'sizeBytes' | 'kdf' | 'subsystem'> & {
    sizeText: string;
    kdfType: CreateOptions['kdf']['type'];
    kdfTimeMs: number;
  }
>;

export type CreateForm = Readonly<{
  fields: CreateFields;
  set(changes: Partial<CreateFields>): void;
}>;

/** What the settings say of new vaults. */
export type CreateDefaults = Pick<Settings, 'kdfTimeMs' | 'sectorBytes'>;

/** Holds the fields of a new vault, from the defaults on. */
export function useCreateForm(
  { kdfTimeMs, sectorBytes }: CreateDefaults,
  filesystem: CreateFields['filesystem'],
): CreateForm {
  const { subsystem: _, kdf, ...defaults } = DEFAULT_CREATE_OPTIONS;
  const [fields, setFields] = useState<CreateFields>({
    ...defaults,
    filesystem,
    sizeText: '1G',
    kdfType: kdf.type,
    kdfTimeMs,
    sectorBytes,
  });
  return { fields, set: (changes) => setFields((held) => ({ ...held, ...changes })) };
}

/** Returns the size that was typed, or null where it is none that a vault can have. */
export function readSize(sizeText: string): number | null {
  const sizeBytes = parseSize(sizeText);
  return sizeBytes === undefined || sizeBytes < MINIMUM_CONTAINER_BYTES ? null : sizeBytes;
}

/** Says what is wrong with the size here, or null. */
export function findSizeFault(sizeText: string, place: PlaceInfo | null): string | null {
  const sizeBytes = readSize(sizeText);
  if (sizeBytes === null) return t('create.sizeInvalid');
  if (place !== null && sizeBytes > place.freeBytes) {
    return t('create.sizeTooBig', { free: formatBytes(place.freeBytes) });
  }
  return null;
}

/** Returns the options that main takes; `sizeBytes` was checked by {@link readSize}. */
export function toCreateOptions(fields: CreateFields, sizeBytes: number): CreateOptions {
  const { sizeText: _, kdfType, kdfTimeMs, ...rest } = fields;
  return { ...rest, subsystem: '', sizeBytes, kdf: { type: kdfType, targetMs: kdfTimeMs } };
}
