import { buildRenderer } from '../../resources/build/build-renderer.ts';

/** Builds the renderer before the first test, so that files which run at once find it built. */
export default async function setup(): Promise<void> {
  await buildRenderer();
}
