import { FileSystemError } from '../../filesystem/file-system-error.ts';
import type { Answer, FuseContext } from './fuse-context.ts';
import { ERRNO } from './fuse-errno.ts';
import {
  GETXATTR_IN,
  GETXATTR_OUT,
  LISTXATTR_IN,
  MAX_TRANSFER_BYTES,
  REMOVEXATTR_IN,
  SETXATTR_FLAGS,
  SETXATTR_IN,
} from './fuse-protocol.ts';

/** Extended attributes. A filesystem without them answers ENOSYS: the kernel does not ask again. */

export function getExtendedAttribute(context: FuseContext): Answer {
  const { frame, fileSystem } = context;
  if (fileSystem.getExtendedAttribute === undefined) return -ERRNO.ENOSYS;
  const name = context.textAt(GETXATTR_IN.name);
  const value = fileSystem.getExtendedAttribute(frame.node, name);
  return answerSized(context, value, frame.u32(GETXATTR_IN.size));
}

export function listExtendedAttributes(context: FuseContext): Answer {
  const { frame, fileSystem } = context;
  if (fileSystem.listExtendedAttributes === undefined) return -ERRNO.ENOSYS;
  const names = fileSystem.listExtendedAttributes(frame.node);
  return answerSized(context, names, frame.u32(LISTXATTR_IN.size));
}

export function setExtendedAttribute(context: FuseContext): Answer {
  const { frame, fileSystem } = context;
  if (fileSystem.setExtendedAttribute === undefined) return -ERRNO.ENOSYS;
  const name = context.textAt(SETXATTR_IN.name);
  const sizeBytes = frame.u32(SETXATTR_IN.size);
  const from = SETXATTR_IN.name + name.length + 1;
  if (from + sizeBytes !== context.lengthBytes) return -ERRNO.EINVAL;
  const flags = frame.u32(SETXATTR_IN.flags);
  fileSystem.setExtendedAttribute(
    frame.node,
    name,
    frame.request.subarray(from, from + sizeBytes),
    {
      mustBeNew: (flags & SETXATTR_FLAGS.create) !== 0,
      mustExist: (flags & SETXATTR_FLAGS.replace) !== 0,
    },
  );
  return 0;
}

export function removeExtendedAttribute(context: FuseContext): Answer {
  const { frame, fileSystem } = context;
  if (fileSystem.removeExtendedAttribute === undefined) return -ERRNO.ENOSYS;
  fileSystem.removeExtendedAttribute(frame.node, context.textAt(REMOVEXATTR_IN.name));
  return 0;
}

/** A caller that offers no room asks for the size. */
function answerSized(context: FuseContext, bytes: Uint8Array, roomBytes: number): Answer {
  const { frame } = context;
  if (roomBytes === 0) {
    frame.clearBody(0, GETXATTR_OUT.bytes);
    frame.putU32(GETXATTR_OUT.size, bytes.length);
    return GETXATTR_OUT.bytes;
  }
  if (bytes.length > Math.min(roomBytes, MAX_TRANSFER_BYTES)) throw new FileSystemError('ERANGE');
  frame.readData(bytes.length).set(bytes);
  return bytes.length;
}
