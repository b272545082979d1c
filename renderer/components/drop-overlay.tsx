import classes from './drop-overlay.module.css';
import { AddFileIcon } from './icons.tsx';

/** Says over the whole window what letting go of the files would do. */
export function DropOverlay({ title, text }: Readonly<{ title: string; text: string }>) {
  return (
    <div className={classes['overlay']} role="status">
      <div className={classes['card']}>
        <AddFileIcon size={32} />
        <strong>{title}</strong>
        <span>{text}</span>
      </div>
    </div>
  );
}
