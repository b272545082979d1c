import { type NbdExport, transmissionFlags } from './nbd-export.ts';
import {
  encodeBlockSizes,
  encodeContext,
  encodeExport,
  encodeInfo,
  encodeOptionReply,
  encodeServer,
  OPTION_HEADER_BYTES,
  parseContextRequest,
  parseInfoRequest,
  parseOptionHeader,
} from './nbd-option-codec.ts';
import {
  BASE_ALLOCATION,
  HANDSHAKE_FIXED_NEWSTYLE,
  HANDSHAKE_NO_ZEROES,
  MAXIMUM_REQUEST_BYTES,
  NBD_INFOS,
  NBD_MAGIC,
  NBD_OPTIONS,
  NBD_REPLIES,
  OPTION_MAGIC,
} from './nbd-protocol.ts';

const CLIENT_FLAGS_BYTES = 4;
/** Longest option that is looked at; longer ones are passed over and refused. */
const MAXIMUM_OPTION_BYTES = 16 * 1024;
/** Zeros after the answer to EXPORT_NAME, for clients that do not decline them. */
const EXPORT_NAME_PADDING_BYTES = 124;
/** Any alignment is served; whole sectors and more at a time are served best. */
const MINIMUM_BLOCK_BYTES = 1;
const PREFERRED_BLOCK_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);

/** What a client and we agreed on. */
export type NbdAgreement = Readonly<{ isStructured: boolean; hasAllocation: boolean }>;

/** What came of some input: how much of it was used, what to send, and how it goes on. */
export type NegotiationStep = Readonly<{
  consumedBytes: number;
  reply: Buffer;
  next: 'more' | 'transmission' | 'close';
}>;

/** The server's side of fixed newstyle negotiation of one connection: bytes in, bytes out. */
export class NbdNegotiation {
  readonly #export: NbdExport;
  #hasClientFlags = false;
  #declinesZeroes = false;
  #isStructured = false;
  #hasAllocation = false;
  /** Bytes of an option that is too long to look at, still to come. */
  #skipBytes = 0;

  constructor(served: NbdExport) {
    this.#export = served;
  }

  /** What the server says first. */
  greeting(): Buffer {
    const greeting = Buffer.alloc(18);
    greeting.writeUInt32BE(NBD_MAGIC[0], 0);
    greeting.writeUInt32BE(NBD_MAGIC[1], 4);
    greeting.writeUInt32BE(OPTION_MAGIC[0], 8);
    greeting.writeUInt32BE(OPTION_MAGIC[1], 12);
    greeting.writeUInt16BE(HANDSHAKE_FIXED_NEWSTYLE | HANDSHAKE_NO_ZEROES, 16);
    return greeting;
  }

  /** What was agreed on until now. */
  agreement(): NbdAgreement {
    return { isStructured: this.#isStructured, hasAllocation: this.#hasAllocation };
  }

  /** Takes the next message out of `input`; nothing where it is not complete yet. */
  take(input: Buffer): NegotiationStep {
    if (!this.#hasClientFlags) return this.#takeClientFlags(input);
    if (this.#skipBytes > 0) {
      const skipped = Math.min(this.#skipBytes, input.length);
      this.#skipBytes -= skipped;
      return step(skipped);
    }
    if (input.length < OPTION_HEADER_BYTES) return step(0);
    const header = parseOptionHeader(input);
    if (header === undefined) return step(0, NOTHING, 'close');
    const { option, lengthBytes } = header;
    if (lengthBytes > MAXIMUM_OPTION_BYTES) {
      this.#skipBytes = lengthBytes;
      if (option === NBD_OPTIONS.exportName) return step(0, NOTHING, 'close');
      return step(OPTION_HEADER_BYTES, encodeOptionReply(option, NBD_REPLIES.tooBig));
    }
    const endBytes = OPTION_HEADER_BYTES + lengthBytes;
    if (input.length < endBytes) return step(0);
    const answer = this.#answer(option, input.subarray(OPTION_HEADER_BYTES, endBytes));
    return step(endBytes, answer.reply, answer.next);
  }

  #takeClientFlags(input: Buffer): NegotiationStep {
    if (input.length < CLIENT_FLAGS_BYTES) return step(0);
    const flags = input.readUInt32BE(0);
    const known = HANDSHAKE_FIXED_NEWSTYLE | HANDSHAKE_NO_ZEROES;
    // A client that does not speak fixed newstyle cannot be told about errors; none such is left.
    const isUsable = (flags & HANDSHAKE_FIXED_NEWSTYLE) !== 0 && (flags & ~known) === 0;
    this.#declinesZeroes = (flags & HANDSHAKE_NO_ZEROES) !== 0;
    this.#hasClientFlags = true;
    return step(CLIENT_FLAGS_BYTES, NOTHING, isUsable ? 'more' : 'close');
  }

  #answer(option: number, payload: Buffer): Pick<NegotiationStep, 'reply' | 'next'> {
    switch (option) {
      case NBD_OPTIONS.exportName:
        return this.#answerExportName(payload);
      case NBD_OPTIONS.abort:
        return { reply: encodeOptionReply(option, NBD_REPLIES.ack), next: 'close' };
      case NBD_OPTIONS.list:
        return more(payload.length === 0 ? this.#list() : refusal(option, 'invalid'));
      case NBD_OPTIONS.info:
      case NBD_OPTIONS.go:
        return this.#answerInfo(option, payload);
      case NBD_OPTIONS.structuredReply:
        if (payload.length !== 0) return more(refusal(option, 'invalid'));
        this.#isStructured = true;
        return more(encodeOptionReply(option, NBD_REPLIES.ack));
      case NBD_OPTIONS.listMetaContext:
      case NBD_OPTIONS.setMetaContext:
        return more(this.#answerContexts(option, payload));
      default:
        return more(refusal(option, 'unsupported'));
    }
  }

  #answerExportName(payload: Buffer): Pick<NegotiationStep, 'reply' | 'next'> {
    // The protocol knows no error here but to hang up.
    if (payload.length !== 0) return { reply: NOTHING, next: 'close' };
    const content = this.#encodeExport();
    const padding = Buffer.alloc(this.#declinesZeroes ? 0 : EXPORT_NAME_PADDING_BYTES);
    return { reply: Buffer.concat([content, padding]), next: 'transmission' };
  }

  #answerInfo(option: number, payload: Buffer): Pick<NegotiationStep, 'reply' | 'next'> {
    const request = parseInfoRequest(payload);
    if (request === undefined) return more(refusal(option, 'invalid'));
    if (request.name !== '') return more(refusal(option, 'unknown'));
    const replies = [encodeInfo(option, NBD_INFOS.export, this.#encodeExport())];
    for (const type of new Set(request.wanted)) {
      const content = this.#information(type);
      if (content !== undefined) replies.push(encodeInfo(option, type, content));
    }
    replies.push(encodeOptionReply(option, NBD_REPLIES.ack));
    const next = option === NBD_OPTIONS.go ? 'transmission' : 'more';
    return { reply: Buffer.concat(replies), next };
  }

  #information(type: number): Buffer | undefined {
    switch (type) {
      case NBD_INFOS.name:
        return NOTHING;
      case NBD_INFOS.description:
        return Buffer.from(this.#export.description, 'utf8');
      case NBD_INFOS.blockSize:
        return encodeBlockSizes(MINIMUM_BLOCK_BYTES, PREFERRED_BLOCK_BYTES, MAXIMUM_REQUEST_BYTES);
      default:
        return undefined;
    }
  }

  #answerContexts(option: number, payload: Buffer): Buffer {
    const isSetting = option === NBD_OPTIONS.setMetaContext;
    if (isSetting) this.#hasAllocation = false;
    const request = parseContextRequest(payload);
    if (request === undefined || !this.#isStructured) return refusal(option, 'invalid');
    if (request.name !== '') return refusal(option, 'unknown');
    const { queries } = request;
    const isWanted = isSetting
      ? queries.includes(BASE_ALLOCATION)
      : queries.length === 0 || queries.some((q) => q === BASE_ALLOCATION || q === 'base:');
    if (isSetting) this.#hasAllocation = isWanted;
    const ack = encodeOptionReply(option, NBD_REPLIES.ack);
    return isWanted ? Buffer.concat([encodeContext(option, BASE_ALLOCATION), ack]) : ack;
  }

  #list(): Buffer {
    const { list } = NBD_OPTIONS;
    return Buffer.concat([
      encodeServer(list, '', this.#export.description),
      encodeOptionReply(list, NBD_REPLIES.ack),
    ]);
  }

  #encodeExport(): Buffer {
    return encodeExport(this.#export.device.sizeBytes, transmissionFlags(this.#export));
  }
}

function step(
  consumedBytes: number,
  reply: Buffer = NOTHING,
  next: NegotiationStep['next'] = 'more',
): NegotiationStep {
  return { consumedBytes, reply, next };
}

function more(reply: Buffer): Pick<NegotiationStep, 'reply' | 'next'> {
  return { reply, next: 'more' };
}

function refusal(option: number, reason: 'unsupported' | 'invalid' | 'unknown'): Buffer {
  return encodeOptionReply(option, NBD_REPLIES[reason]);
}
