import type { HeaderDevice } from './header-storage.ts';
import { objectMember } from './metadata-fields.ts';
import type { LoadedHeader } from './read-luks2.ts';
import type { JsonObject, JsonValue } from './strict-json.ts';
import { updateHeader } from './update-header.ts';

/**
 * Says in the header how long the one segment of a container is; a `dynamic` one, which goes to the
 * end of the container, stays as it is.
 *
 * @throws StateError `header-changed`; FormatError; DeviceError `read-only`
 */
export function resizeSegment(
  device: HeaderDevice,
  loaded: LoadedHeader,
  sizeBytes: number,
): LoadedHeader {
  const [segment] = loaded.header.metadata.segments.values();
  if (segment === undefined || segment.sizeBytes === 'dynamic') return loaded;
  const { root } = loaded.header.metadata;
  const id = String(segment.id);
  const segments = objectMember(root, 'segments', '');
  const resized = withMember(objectMember(segments, id, 'segments'), 'size', String(sizeBytes));
  return updateHeader(device, loaded, {
    root: withMember(root, 'segments', withMember(segments, id, resized)),
  });
}

function withMember(parent: JsonObject, name: string, value: JsonValue): JsonObject {
  return new Map([...parent, [name, value]]);
}
