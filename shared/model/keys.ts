import { z } from 'zod';
import type { KdfInfo, KeyslotInfo } from './container-info.ts';
import type { ContainerFormat } from './header-care.ts';

/** How a key is entered. `unknown`: another program made the keyslot. */
export const KEY_KINDS = ['passphrase', 'keyfile', 'recovery', 'unknown'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

/** Longest name of a key, in characters: it lives in the header. */
export const KEY_NAME_LIMIT = 64;

export const keyNameSchema = z.string().max(KEY_NAME_LIMIT);
export const keyslotIdSchema = z.int().min(0).max(31);
export const keyslotPrioritySchema = z.enum(['ignore', 'normal', 'prefer']);

/** What Lockline keeps of a key in the header, so that it travels with the file. */
export type KeyLabel = Readonly<{
  name: string;
  /** When the key was set: ISO 8601, or null where that is not known. */
  createdAt: string | null;
  kind: KeyKind;
}>;

/** Machines on which a key may have to be entered. */
export const KEY_MACHINES = ['this-machine', 'laptop-4gib', 'phone'] as const;
export type KeyMachine = (typeof KEY_MACHINES)[number];

export type KeyInfo = Readonly<{
  keyslotId: number;
  type: string;
  priority: KeyslotInfo['priority'];
  kdf: KdfInfo | null;
  /** One try on this machine, estimated; null where the function is unknown or over the limits. */
  costMs: number | null;
  /** Where the memory suffices. */
  opensOn: readonly KeyMachine[];
  label: KeyLabel;
  /** Whether the keyslot opens the volume; else it holds a key of its own. */
  isBound: boolean;
}>;

/** All keys of a container. */
export type KeyList = Readonly<{
  uuid: string;
  /** LUKS1 has no room for names and priorities. */
  format: ContainerFormat;
  keys: readonly KeyInfo[];
}>;

/** The keys, and whether a header backup is due: none was made since the header last changed. */
export type KeyListing = KeyList &
  Readonly<{ backup: Readonly<{ isDue: boolean; madeMs: number | null }> }>;

/** What removing the last key, or all keys, has to be confirmed with. */
export const DESTROY_WORDS = 'all data will be lost';
