import { Collapse, UnstyledButton } from '@mantine/core';
import { type ReactNode, useId, useState } from 'react';
import classes from './fold.module.css';
import { ChevronIcon } from './icons.tsx';

type FoldProps = Readonly<{
  label: string;
  children: ReactNode;
  isOpenAtFirst?: boolean;
  onOpen?: () => void;
}>;

/** A heading that opens and closes what lies below it. */
export function Fold({ label, children, isOpenAtFirst = false, onOpen }: FoldProps) {
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  const id = useId();
  const toggle = () => {
    if (!isOpen) onOpen?.();
    setOpen(!isOpen);
  };
  return (
    <div>
      <UnstyledButton
        className={classes['heading']}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={toggle}
      >
        <ChevronIcon size={16} />
        {label}
      </UnstyledButton>
      <Collapse id={id} expanded={isOpen}>
        <div className={classes['content']}>{children}</div>
      </Collapse>
    </div>
  );
}
