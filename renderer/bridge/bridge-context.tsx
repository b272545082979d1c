import { createContext, type ReactNode, useContext } from 'react';
import type { HostCapabilities } from '../../shared/model/host.ts';
import type { Bridge } from './bridge.ts';

type BridgeValue = Readonly<{ bridge: Bridge; capabilities: HostCapabilities }>;

const BridgeContext = createContext<BridgeValue | null>(null);

/** Gives the bridge and the host's capabilities to all below. */
export function BridgeProvider({ children, ...value }: BridgeValue & { children: ReactNode }) {
  return <BridgeContext value={value}>{children}</BridgeContext>;
}

function useBridgeValue(): BridgeValue {
  const value = useContext(BridgeContext);
  if (value === null) throw new Error('no BridgeProvider above');
  return value;
}

/** Returns the way to main. */
export function useBridge(): Bridge {
  return useBridgeValue().bridge;
}

/** Returns what the host can do. */
export function useCapabilities(): HostCapabilities {
  return useBridgeValue().capabilities;
}
