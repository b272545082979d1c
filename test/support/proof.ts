/** Set by `npm run proof:ext4`: what a test run does a little of is done at length. */
export const isFullProof = process.env['LOCKLINE_PROOF'] === 'full';
