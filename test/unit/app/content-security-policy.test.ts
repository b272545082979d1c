import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy } from '../../../main/app/content-security-policy.ts';
import { parsePolicy } from '../../support/parse-policy.ts';

describe('the content security policy', () => {
  const policy = parsePolicy(contentSecurityPolicy('abc', "'none'"));

  it('has exactly these directives', () => {
    expect(policy).toEqual({
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'", "'nonce-abc'"],
      'img-src': ["'self'", 'data:'],
      'font-src': ["'self'"],
      'connect-src': ["'none'"],
      'object-src': ["'none'"],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'none'"],
    });
  });

  it('allows no unsafe keyword and no wildcard anywhere', () => {
    expect(JSON.stringify(policy)).not.toMatch(/unsafe|\*|https?:/);
  });
});
