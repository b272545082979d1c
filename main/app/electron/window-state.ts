import { readFileSync, writeFileSync } from 'node:fs';
import type { Rectangle } from 'electron/main';
import { z } from 'zod';

const windowStateSchema = z.strictObject({
  x: z.int(),
  y: z.int(),
  width: z.int().min(480).max(16_384),
  height: z.int().min(520).max(16_384),
  isMaximised: z.boolean(),
});

/** Where the window was, and how large. Device-independent pixels. */
export type WindowState = Readonly<z.infer<typeof windowStateSchema>>;

/** Much of the title bar must be within reach for the window to be moved. */
const REACH_PX = 120;

/**
 * Returns where the window was when it was last closed; `undefined` where nothing was kept, or where
 * it would be out of sight now: on a screen that is gone.
 *
 * @param areas - Work areas of the screens there are.
 */
export function readWindowState(
  path: string,
  areas: readonly Rectangle[],
): WindowState | undefined {
  const state = windowStateSchema.safeParse(readJson(path)).data;
  return state !== undefined && areas.some((area) => isWithinReach(state, area))
    ? state
    : undefined;
}

/** Keeps where the window is. A folder that cannot be written only forgets it. */
export function writeWindowState(path: string, state: WindowState): void {
  try {
    writeFileSync(path, JSON.stringify(state), { mode: 0o600 });
  } catch {
    return; // not worth a word: the window opens at its usual place next time
  }
}

function isWithinReach({ x, y, width }: WindowState, area: Rectangle): boolean {
  const overlapPx = Math.min(x + width, area.x + area.width) - Math.max(x, area.x);
  return overlapPx >= REACH_PX && y >= area.y && y <= area.y + area.height - REACH_PX;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined; // none yet, or none that can be read
  }
}
