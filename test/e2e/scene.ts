import type { Page } from 'playwright-core';
import type { FakeServices } from '../support/fake-services.ts';

/** Brings a window into the state that a picture or a check is about. */
export type Scene = (page: Page, fake: FakeServices) => Promise<void>;
