import { type RefObject, useRef, useState } from 'react';
import type { SecretInput } from '../../shared/ipc/contract.ts';
import { parseRecoveryKey, type RecoveryDefect } from '../../shared/recovery/recovery-words.ts';
import { type PathChoice, usePathGrant } from './use-path-grant.ts';

export const SECRET_KINDS = ['passphrase', 'keyfile', 'recovery'] as const;
export type SecretKind = (typeof SECRET_KINDS)[number];

/** A secret in the making. Its text lives in the input alone. */
export type SecretEntry = Readonly<{
  kind: SecretKind;
  setKind: (kind: SecretKind) => void;
  passphrase: RefObject<HTMLInputElement | null>;
  words: RefObject<HTMLTextAreaElement | null>;
  keyfile: PathChoice;
  /** What is wrong with the recovery words that were taken last. */
  defect: RecoveryDefect | null;
  clearDefect: () => void;
  /** Takes the secret and empties the input; null where there is none, or the words are wrong. */
  take: () => Promise<SecretInput | null>;
  clear: () => void;
}>;

/** Holds the ways in which a secret can be entered. */
export function useSecretEntry(): SecretEntry {
  const [kind, setKind] = useState<SecretKind>('passphrase');
  const [defect, setDefect] = useState<RecoveryDefect | null>(null);
  const passphrase = useRef<HTMLInputElement>(null);
  const words = useRef<HTMLTextAreaElement>(null);
  const keyfile = usePathGrant('keyfile');
  const clear = () => {
    for (const { current } of [passphrase, words]) if (current !== null) current.value = '';
  };
  const take = async (): Promise<SecretInput | null> => {
    if (kind === 'keyfile') {
      const grant = await keyfile.obtain();
      return grant === null ? null : { kind: 'keyfile', grantId: grant.grantId };
    }
    if (kind === 'passphrase') return takeText(passphrase.current);
    const taken = takeRecoveryKey(words.current);
    if ('kind' in taken) return taken;
    setDefect(taken.defect);
    return null;
  };
  return {
    kind,
    setKind,
    passphrase,
    words,
    keyfile,
    defect,
    clearDefect: () => setDefect(null),
    take,
    clear,
  };
}

/** Takes the words of a recovery key and empties the input; wrong words stay, and are told. */
export function takeRecoveryKey(
  input: HTMLTextAreaElement | null,
): (SecretInput & { kind: 'passphrase' }) | Readonly<{ defect: RecoveryDefect }> {
  const parsed = parseRecoveryKey(new TextEncoder().encode(input?.value ?? ''));
  if ('defect' in parsed) return parsed;
  if (input !== null) input.value = '';
  return { kind: 'passphrase', bytes: parsed.passphrase };
}

function takeText(input: HTMLInputElement | null): SecretInput | null {
  if (input === null || input.value === '') return null;
  const bytes = new TextEncoder().encode(input.value);
  input.value = '';
  return { kind: 'passphrase', bytes };
}

/** Overwrites the bytes of a secret that was sent. */
export function wipeSecret(secret: SecretInput | null): void {
  if (secret?.kind === 'passphrase') secret.bytes.fill(0);
}
