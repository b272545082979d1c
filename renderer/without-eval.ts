import { config } from 'zod';

// The policy forbids eval; without this zod would try it, and the browser report the attempt.
config({ jitless: true });
