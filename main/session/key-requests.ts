import { z } from 'zod';
import { kdfPreferenceSchema } from '../../shared/model/create-options.ts';
import {
  KEY_KINDS,
  type KeyList,
  keyNameSchema,
  keyslotIdSchema,
  keyslotPrioritySchema,
} from '../../shared/model/keys.ts';

const path = z.string().min(1).max(4096);
const kind = z.enum(KEY_KINDS);

/**
 * What a vault process can be asked to do with the keys of a container. Where a request needs two
 * secrets, they come as one, see `secret-pair.ts`: first what opens the vault now, then the new one.
 */
export const KEY_REQUESTS = [
  z.strictObject({ verb: z.literal('key-list'), path }),
  z.strictObject({
    verb: z.literal('key-add'),
    path,
    kdf: kdfPreferenceSchema,
    name: keyNameSchema,
    kind,
  }),
  z.strictObject({
    verb: z.literal('key-change'),
    path,
    kdf: kdfPreferenceSchema,
    kind,
    /** Which keyslot the old passphrase has to open; `null`: whichever it opens. */
    keyslotId: keyslotIdSchema.nullable(),
  }),
  z.strictObject({ verb: z.literal('key-test'), path, keyslotId: keyslotIdSchema.nullable() }),
  /** Removes the keyslot that the passphrase opens. */
  z.strictObject({ verb: z.literal('key-remove'), path, mayBeLast: z.boolean() }),
  /** Removes a keyslot by its number; the passphrase has to open another one, or may be empty. */
  z.strictObject({
    verb: z.literal('key-kill'),
    path,
    keyslotId: keyslotIdSchema,
    mayBeLast: z.boolean(),
  }),
  z.strictObject({
    verb: z.literal('key-priority'),
    path,
    keyslotId: keyslotIdSchema,
    priority: keyslotPrioritySchema,
  }),
  z.strictObject({
    verb: z.literal('key-name'),
    path,
    keyslotId: keyslotIdSchema,
    name: keyNameSchema,
  }),
  z.strictObject({ verb: z.literal('erase'), path }),
] as const;

/** One of {@link KEY_REQUESTS}. */
export type KeyRequest = z.infer<(typeof KEY_REQUESTS)[number]>;
/** Those that change the container. */
export type WritingKeyRequest = Exclude<KeyRequest, { verb: 'key-list' | 'key-test' }>;

type KeyslotAnswer = Readonly<{ keyslotId: number }>;

/** What each of {@link KEY_REQUESTS} answers. */
export type KeyResults = {
  'key-list': KeyList;
  'key-add': KeyslotAnswer;
  'key-change': KeyslotAnswer;
  'key-test': KeyslotAnswer;
  'key-remove': KeyslotAnswer;
  'key-kill': KeyslotAnswer;
  'key-priority': KeyslotAnswer;
  'key-name': KeyslotAnswer;
  erase: Readonly<{ erased: readonly number[] }>;
};
