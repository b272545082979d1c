import { type FormEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import type { SecretInput } from '../../../shared/ipc/contract.ts';
import type { PlaceInfo } from '../../../shared/model/place.ts';
import { useBridge, useCapabilities } from '../../bridge/bridge-context.tsx';
import { type PathChoice, usePathGrant } from '../../bridge/use-path-grant.ts';
import { clearInput, takePassphrase } from '../../components/passphrase-field.tsx';
import { useSnapshot } from '../../store/store-context.tsx';
import { type FollowedJob, useJob } from '../../store/use-job.ts';
import {
  type CreateDefaults,
  type CreateForm,
  findSizeFault,
  readSize,
  toCreateOptions,
  useCreateForm,
} from './create-form.ts';
import { type CreateStep, stepBeside } from './steps.ts';
import { suggestPath } from './suggest-path.ts';
import { usePlace } from './use-place.ts';

/** What is wrong with the secret. */
export type SecretFault = 'empty' | 'mismatch' | 'keyfile' | null;
export type SecretKind = 'passphrase' | 'keyfile';

/** All parts of the create screen's form, and what happens on submit. */
export type Create = Readonly<{
  step: CreateStep;
  back(): void;
  form: CreateForm;
  path: PathChoice;
  place: PlaceInfo | null;
  placeError: unknown;
  secretKind: SecretKind;
  setSecretKind(kind: SecretKind): void;
  passphrase: RefObject<HTMLInputElement | null>;
  repeated: RefObject<HTMLInputElement | null>;
  keyfile: PathChoice;
  fault: SecretFault;
  clearFault(): void;
  /** The file's name, for titles. */
  name: string;
  job: FollowedJob;
  /** Goes on to the next step; from the last one, makes the vault. */
  submit(event: FormEvent): Promise<void>;
}>;

/** Holds the create screen's form. */
export function useCreate(
  defaults: CreateDefaults,
  onCreated: (vaultId: string | null) => void,
): Create {
  const { suggestedFolder, suggestedFilesystem } = useCapabilities();
  const [step, setStep] = useState<CreateStep>('place');
  const form = useCreateForm(defaults, suggestedFilesystem);
  const { vaults } = useSnapshot();
  const [suggested] = useState(() => suggestPath(suggestedFolder, vaults));
  const path = usePathGrant('create', suggested);
  const place = usePlace(path.grant);
  const secret = useSecret();
  const name = path.text.split(/[\\/]/).at(-1) ?? '';
  const job = useJob(useCallback(({ vaultId }) => onCreated(vaultId), [onCreated]));
  const make = useMake(form, path, secret, job);

  /** Tells whether a step may be left forwards; shows what keeps one there. */
  const isComplete = async () => {
    if (step === 'secret') return secret.check();
    if (step !== 'place') return true;
    const grant = await path.obtain();
    return (
      grant !== null &&
      place.info?.exists !== true &&
      findSizeFault(form.fields.sizeText, place.info) === null
    );
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (job.isRunning) return;
    if (step === 'review') {
      if (!(await make())) setStep('secret');
    } else if (await isComplete()) setStep(stepBeside(step, 1));
  };
  return {
    step,
    back: () => setStep(stepBeside(step, -1)),
    form,
    path,
    place: place.info,
    placeError: place.error,
    ...secret.fields,
    name,
    job,
    submit,
  };
}

type Secret = ReturnType<typeof useSecret>;

/** The secret in the making. The passphrase lies in its inputs, and is cleared with them. */
function useSecret() {
  const [secretKind, setSecretKind] = useState<SecretKind>('passphrase');
  const [fault, setFault] = useState<SecretFault>(null);
  const keyfile = usePathGrant('keyfile');
  const passphrase = useRef<HTMLInputElement>(null);
  const repeated = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const inputs = [passphrase.current, repeated.current];
    return () => inputs.forEach(clearInput);
  }, []);
  const check = async () => {
    const found = await findFault();
    setFault(found);
    if (found === 'empty') passphrase.current?.focus();
    if (found === 'mismatch') repeated.current?.focus();
    return found === null;
  };
  const findFault = async (): Promise<SecretFault> => {
    if (secretKind === 'keyfile') return (await keyfile.obtain()) === null ? 'keyfile' : null;
    if (!passphrase.current?.value) return 'empty';
    return passphrase.current.value === repeated.current?.value ? null : 'mismatch';
  };
  /** Empties the inputs. Null where there is nothing in them any more. */
  const take = async (): Promise<SecretInput | null> => {
    if (!(await check())) return null;
    if (secretKind === 'keyfile') {
      const grant = await keyfile.obtain();
      return grant && { kind: 'keyfile', grantId: grant.grantId };
    }
    clearInput(repeated.current);
    return { kind: 'passphrase', bytes: takePassphrase(passphrase.current) };
  };
  const clearFault = () => setFault(null);
  return {
    fields: {
      secretKind,
      setSecretKind: (kind: SecretKind) => {
        clearFault();
        setSecretKind(kind);
      },
      passphrase,
      repeated,
      keyfile,
      fault,
      clearFault,
    },
    check,
    take,
  };
}

/** Returns the command that makes the vault; it answers false where the secret has to be given again. */
function useMake(form: CreateForm, path: PathChoice, secret: Secret, job: FollowedJob) {
  const bridge = useBridge();
  return async (): Promise<boolean> => {
    const sizeBytes = readSize(form.fields.sizeText);
    const grant = await path.obtain();
    if (sizeBytes === null || grant === null) return true;
    const taken = await secret.take();
    if (taken === null) return false;
    const options = toCreateOptions(form.fields, sizeBytes);
    const input = { grantId: grant.grantId, options, secret: taken, isMounted: true };
    try {
      await job.start(() => bridge.call('vault.create', input));
    } finally {
      if (taken.kind === 'passphrase') taken.bytes.fill(0);
    }
    return true;
  };
}
