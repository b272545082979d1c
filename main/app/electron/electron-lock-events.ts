import type { PowerMonitor } from 'electron/main';
import type { LockEvent } from '../../../shared/model/auto-lock.ts';
import type { LockEventSource } from '../../services/auto-lock/auto-locker.ts';

/** Electron's events that lock vaults. The lid is not among them: it is told of as a sleep. */
const EVENTS = [
  ['suspend', 'suspend'],
  ['lock-screen', 'screen-lock'],
  ['user-did-resign-active', 'user-switch'],
] as const;

/** Where Electron raises what: switching users is told of on macOS and Windows alone. */
export function electronLockEvents(platform: NodeJS.Platform): readonly LockEvent[] {
  return platform === 'linux'
    ? ['suspend', 'screen-lock']
    : ['suspend', 'screen-lock', 'user-switch'];
}

/** Passes on what Electron tells of sleep, lock screen and users. */
export function createElectronLockEvents(
  monitor: Pick<PowerMonitor, 'on' | 'removeListener'>,
): LockEventSource {
  // Each event has an overload of its own in Electron's types; none of these has an argument.
  const emitter = monitor as Readonly<{
    on(name: string, listener: () => void): unknown;
    removeListener(name: string, listener: () => void): unknown;
  }>;
  return {
    subscribe(listener) {
      const added = EVENTS.map(([name, event]) => {
        const onEvent = () => listener(event);
        emitter.on(name, onEvent);
        return () => emitter.removeListener(name, onEvent);
      });
      return {
        [Symbol.dispose]: () => {
          for (const remove of added) remove();
        },
      };
    },
  };
}
