import { ERROR_CODES, type ErrorCode, type ErrorFamily, type ExitCode } from './codes.ts';

type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** Safe facts about an error: never a secret, a passphrase length or key bytes. */
export type ErrorData = Readonly<Record<string, JsonValue>>;

/** The form in which an error crosses a process boundary. `cause` stays behind. */
export type WireError = Readonly<{
  code: ErrorCode;
  message: string;
  advice: string;
  data: ErrorData;
}>;

/** The one error type that people and scripts react to. @see shared/errors/codes.ts */
export class VaultError extends Error {
  readonly family: ErrorFamily;
  readonly code: ErrorCode;
  readonly data: ErrorData;

  constructor(code: ErrorCode, data: ErrorData = {}, cause?: unknown) {
    super(ERROR_CODES[code].message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.family = ERROR_CODES[code].family;
    this.code = code;
    this.data = data;
  }

  get exitCode(): ExitCode {
    return ERROR_CODES[this.code].exit;
  }
}

/** Bytes break the specification. */
export class FormatError extends VaultError {}
/** The user must try something else: passphrase, keyfile, keyslot. */
export class CredentialError extends VaultError {}
/** Valid, but not ours. */
export class UnsupportedError extends VaultError {}
/** Storage failed; `data` carries errno, operation and offset. */
export class DeviceError extends VaultError {}
/** A mount backend or the operating system refused. */
export class MountError extends VaultError {}
/** Illegal in the present state. */
export class StateError extends VaultError {}
/** A bad message or argument; `data` has the path of the bad field, never its value. */
export class ContractError extends VaultError {}

const CLASSES = {
  format: FormatError,
  credential: CredentialError,
  unsupported: UnsupportedError,
  device: DeviceError,
  mount: MountError,
  state: StateError,
  contract: ContractError,
} as const satisfies Record<ErrorFamily, typeof VaultError>;

/** Returns the wire form of any thrown value; what is not a {@link VaultError} becomes `internal`. */
export function toWireError(error: unknown): WireError {
  const vaultError = error instanceof VaultError ? error : new ContractError('internal');
  const { message, advice } = ERROR_CODES[vaultError.code];
  return { code: vaultError.code, message, advice, data: vaultError.data };
}

/** Returns the error that a wire form stands for; an unknown code becomes `internal`. */
export function fromWireError(wire: Readonly<{ code: string; data?: ErrorData }>): VaultError {
  const code = Object.hasOwn(ERROR_CODES, wire.code) ? (wire.code as ErrorCode) : 'internal'; // checked by hasOwn
  return new CLASSES[ERROR_CODES[code].family](code, wire.data ?? {});
}
