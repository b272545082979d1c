import { expect, it } from 'vitest';
import { suggestPath } from '../../../renderer/features/create/suggest-path.ts';

it.each([
  [[], '/home/ada/Vault.luks'],
  [['/home/ada/Vault.luks', '/home/ada/Vault 3.luks'], '/home/ada/Vault 2.luks'],
  [['/media/Vault.luks'], '/home/ada/Vault.luks'],
])('suggestPath() takes the first name that none of %j has', (paths, suggested) => {
  expect(
    suggestPath(
      '/home/ada',
      paths.map((path) => ({ path })),
    ),
  ).toBe(suggested);
});
