import { type FormEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import type { PlaceInfo } from '../../../shared/model/place.ts';
import { useBridge, useCapabilities } from '../../bridge/bridge-context.tsx';
import { type PathChoice, usePathGrant } from '../../bridge/use-path-grant.ts';
import { clearInput, takePassphrase } from '../../components/passphrase-field.tsx';
import { type FollowedJob, useJob } from '../../store/use-job.ts';
import {
  type CreateForm,
  findSizeFault,
  readSize,
  toCreateOptions,
  useCreateForm,
} from './create-form.ts';
import { usePlace } from './use-place.ts';

/** What is wrong with the two passphrases. */
export type PassphraseFault = 'empty' | 'mismatch' | null;

/** All parts of the create screen's form, and what happens on submit. */
export type Create = Readonly<{
  form: CreateForm;
  path: PathChoice;
  place: PlaceInfo | null;
  placeError: unknown;
  passphrase: RefObject<HTMLInputElement | null>;
  repeated: RefObject<HTMLInputElement | null>;
  passphraseFault: PassphraseFault;
  clearPassphraseFault(): void;
  /** The file's name, for titles. */
  name: string;
  job: FollowedJob;
  submit(event: FormEvent): Promise<void>;
}>;

const SUGGESTED_NAME = 'Vault.luks';

/** Holds the create screen's form. */
export function useCreate(kdfTimeMs: number, onCreated: (name: string) => void): Create {
  const bridge = useBridge();
  const { suggestedFolder } = useCapabilities();
  const form = useCreateForm(kdfTimeMs);
  const path = usePathGrant('create', `${suggestedFolder}/${SUGGESTED_NAME}`);
  const place = usePlace(path.grant);
  const passphrase = useRef<HTMLInputElement>(null);
  const repeated = useRef<HTMLInputElement>(null);
  const [passphraseFault, setPassphraseFault] = useState<PassphraseFault>(null);
  const name = path.text.split(/[\\/]/).at(-1) ?? '';
  const job = useJob(useCallback(() => onCreated(name), [onCreated, name]));

  useEffect(() => {
    const inputs = [passphrase.current, repeated.current];
    return () => inputs.forEach(clearInput);
  }, []);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const fault = findPassphraseFault(passphrase.current, repeated.current);
    setPassphraseFault(fault);
    const sizeBytes = readSize(form.fields.sizeText);
    const isSizeGood = findSizeFault(form.fields.sizeText, place.info) === null;
    if (fault !== null) (fault === 'empty' ? passphrase : repeated).current?.focus();
    if (fault !== null || sizeBytes === null || !isSizeGood) return;
    if (job.isRunning || place.info?.exists === true) return;

    const grant = await path.obtain();
    if (grant === null) return;
    const { grantId } = grant;
    const options = toCreateOptions(form.fields, sizeBytes);
    clearInput(repeated.current);
    const bytes = takePassphrase(passphrase.current);
    try {
      await job.start(() =>
        bridge.call('vault.create', { grantId, options, secret: { kind: 'passphrase', bytes } }),
      );
    } finally {
      bytes.fill(0);
    }
  };
  return {
    form,
    path,
    place: place.info,
    placeError: place.error,
    passphrase,
    repeated,
    passphraseFault,
    clearPassphraseFault: () => setPassphraseFault(null),
    name,
    job,
    submit,
  };
}

function findPassphraseFault(
  passphrase: HTMLInputElement | null,
  repeated: HTMLInputElement | null,
): PassphraseFault {
  if (!passphrase?.value) return 'empty';
  return passphrase.value === repeated?.value ? null : 'mismatch';
}
