#!/usr/bin/env node
// The `lockline` command: the built program where there is one, else the sources (Node 24 runs them).
import { existsSync } from 'node:fs';

const built = new URL('../../dist/main/cli/lockline.js', import.meta.url);
const source = new URL('../../main/cli/lockline.ts', import.meta.url);
await import((existsSync(built) ? built : source).href);
