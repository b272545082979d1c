import './without-eval.ts';
import './mantine-styles.ts';
import './global.css';
import { setNonce } from 'get-nonce';
import { createRoot } from 'react-dom/client';
import { createBridge } from './bridge/bridge.ts';
import { LocklineWindow } from './start-window.tsx';

const root = document.getElementById('root');
const styleNonce = document.getElementById('style-nonce')?.nonce ?? '';
// Scroll locking of open dialogs writes a style of its own.
setNonce(styleNonce);
if (root !== null) {
  createRoot(root).render(<LocklineWindow bridge={createBridge(window)} styleNonce={styleNonce} />);
}
