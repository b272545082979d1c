import { type Answer, type FuseContext, NO_REPLY } from './fuse-context.ts';
import { FUSE_COUNTERS } from './fuse-counters.ts';
import { ERRNO, errnoOf, isFault } from './fuse-errno.ts';
import { OPERATIONS } from './fuse-operations.ts';
import { IN, IN_HEADER_BYTES, OPCODES } from './fuse-protocol.ts';

/** Called with what the storage, or a fault of ours, made of a request. */
export type FaultListener = (error: unknown, opcode: number) => void;

/**
 * Serves the request that lies in the context's frame.
 *
 * Never throws: whatever the bytes or the filesystem, the answer is a reply with an errno. What a
 * failed request had been granted is taken back.
 *
 * @param lengthBytes - As the kernel returned it.
 * @returns Bytes of the reply, which begins at the start of `frame.reply`; 0 where none is due.
 */
export function serveRequest(
  context: FuseContext,
  lengthBytes: number,
  onFault: FaultListener,
): number {
  const { frame, counts } = context;
  if (lengthBytes < IN_HEADER_BYTES) return 0;
  context.lengthBytes = lengthBytes;
  context.count(FUSE_COUNTERS.requests, 1);
  counts.beginRequest();
  const opcode = frame.opcode;
  let answer: Answer;
  try {
    answer = frame.u32(IN.length) === lengthBytes ? answerOf(context, opcode) : -ERRNO.EIO;
  } catch (error) {
    answer = -errnoOf(error);
    if (isFault(error)) {
      context.count(FUSE_COUNTERS.faults, 1);
      onFault(error, opcode);
    }
  }
  if (answer === NO_REPLY || isUnanswered(opcode)) return 0;
  if (answer >= 0) return frame.finish(0, answer);
  counts.revoke();
  return frame.finish(-answer, 0);
}

function answerOf(context: FuseContext, opcode: number): Answer {
  const operation = OPERATIONS[opcode];
  if (operation === undefined) return -ERRNO.ENOSYS;
  if (context.lengthBytes < operation.minimumBytes) return -ERRNO.EINVAL;
  if (!context.isInitialised && opcode !== OPCODES.init) return -ERRNO.EIO;
  if (operation.effect === 'change' && context.isReadOnly) return -ERRNO.EROFS;
  return operation.run(context);
}

/** The kernel takes no reply to these, not even an error. */
function isUnanswered(opcode: number): boolean {
  return (
    opcode === OPCODES.forget ||
    opcode === OPCODES.batchForget ||
    opcode === OPCODES.interrupt ||
    opcode === OPCODES.notifyReply
  );
}
