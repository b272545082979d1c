import { type NbdExport, transmissionFlags } from './nbd-export.ts';
import type { NbdAgreement } from './nbd-negotiation.ts';
import {
  COMMAND_FLAGS,
  MAXIMUM_REQUEST_BYTES,
  NBD_COMMANDS,
  NBD_ERRORS,
  REQUEST_MAGIC,
  TRANSMISSION_FLAGS,
} from './nbd-protocol.ts';

/** Where each field of a request header lies. */
const AT = { magic: 0, flags: 4, type: 6, cookie: 8, offset: 16, length: 24 } as const;
/** Stands for every offset that no volume has: exact integers end here. */
const BEYOND_BYTES = 2 ** 53;

const { fua, noHole, dontFragment, requestOne, fastZero } = COMMAND_FLAGS;
/** Flags that each command knows. FUA is allowed with all, and means nothing where nothing is written. */
const KNOWN_FLAGS: Readonly<Record<number, number>> = {
  [NBD_COMMANDS.read]: fua | dontFragment,
  [NBD_COMMANDS.write]: fua,
  [NBD_COMMANDS.flush]: fua,
  [NBD_COMMANDS.trim]: fua,
  [NBD_COMMANDS.writeZeroes]: fua | noHole | fastZero,
  [NBD_COMMANDS.blockStatus]: fua | requestOne,
};

/** One request; reused for the next, so that the data path allocates nothing. */
export type NbdRequest = {
  type: number;
  flags: number;
  cookieHigh: number;
  cookieLow: number;
  offsetBytes: number;
  lengthBytes: number;
};

export function createRequest(): NbdRequest {
  return { type: 0, flags: 0, cookieHigh: 0, cookieLow: 0, offsetBytes: 0, lengthBytes: 0 };
}

/** Parses a request header into `request`; `false` where the magic is wrong. */
export function parseRequest(input: Buffer, at: number, request: NbdRequest): boolean {
  if (input.readUInt32BE(at + AT.magic) !== REQUEST_MAGIC) return false;
  request.flags = input.readUInt16BE(at + AT.flags);
  request.type = input.readUInt16BE(at + AT.type);
  request.cookieHigh = input.readUInt32BE(at + AT.cookie);
  request.cookieLow = input.readUInt32BE(at + AT.cookie + 4);
  const offset =
    input.readUInt32BE(at + AT.offset) * 2 ** 32 + input.readUInt32BE(at + AT.offset + 4);
  request.offsetBytes = Math.min(offset, BEYOND_BYTES);
  request.lengthBytes = input.readUInt32BE(at + AT.length);
  return true;
}

/** Returns the error that a request is refused with, before anything is done; 0 where it is good. */
export function refusalOf(request: NbdRequest, served: NbdExport, agreed: NbdAgreement): number {
  const known = KNOWN_FLAGS[request.type];
  if (known === undefined || (request.flags & ~known) !== 0) return NBD_ERRORS.invalid;
  switch (request.type) {
    case NBD_COMMANDS.read:
      return refusalOfRead(request, served, agreed);
    case NBD_COMMANDS.write:
      if (served.isReadOnly) return NBD_ERRORS.notPermitted;
      if (request.lengthBytes > MAXIMUM_REQUEST_BYTES) return NBD_ERRORS.invalid;
      return isInside(request, served) ? NBD_ERRORS.none : NBD_ERRORS.noSpace;
    case NBD_COMMANDS.writeZeroes:
      if (served.isReadOnly) return NBD_ERRORS.notPermitted;
      if (!isInside(request, served)) return NBD_ERRORS.noSpace;
      // Zeros are encrypted and written like all data: never faster than that.
      return (request.flags & fastZero) === 0 ? NBD_ERRORS.none : NBD_ERRORS.unsupported;
    case NBD_COMMANDS.trim: {
      if (served.isReadOnly) return NBD_ERRORS.notPermitted;
      const isOffered = (transmissionFlags(served) & TRANSMISSION_FLAGS.sendTrim) !== 0;
      return isOffered && isInside(request, served) ? NBD_ERRORS.none : NBD_ERRORS.invalid;
    }
    case NBD_COMMANDS.flush: {
      const isPlain = request.offsetBytes === 0 && request.lengthBytes === 0;
      return isPlain ? NBD_ERRORS.none : NBD_ERRORS.invalid;
    }
    default: {
      const isAllowed = agreed.hasAllocation && request.lengthBytes > 0;
      return isAllowed && isInside(request, served) ? NBD_ERRORS.none : NBD_ERRORS.invalid;
    }
  }
}

function refusalOfRead(request: NbdRequest, served: NbdExport, agreed: NbdAgreement): number {
  const isUnstructuredDf = (request.flags & dontFragment) !== 0 && !agreed.isStructured;
  if (isUnstructuredDf || request.lengthBytes > MAXIMUM_REQUEST_BYTES) return NBD_ERRORS.invalid;
  return isInside(request, served) ? NBD_ERRORS.none : NBD_ERRORS.invalid;
}

function isInside({ offsetBytes, lengthBytes }: NbdRequest, { device }: NbdExport): boolean {
  return offsetBytes + lengthBytes <= device.sizeBytes;
}
