import { CheckIcon } from '../../components/icons.tsx';
import { t } from '../../i18n/translate.ts';
import classes from './step-list.module.css';
import { CREATE_STEPS, type CreateStep } from './steps.ts';

/** How many steps there are, and which is in view. */
export function StepList({ step }: { step: CreateStep }) {
  const current = CREATE_STEPS.indexOf(step);
  return (
    <ol className={classes['steps']} aria-label={t('create.steps')}>
      {CREATE_STEPS.map((name, index) => (
        <li
          key={name}
          data-state={index < current ? 'done' : index === current ? 'current' : 'ahead'}
          aria-current={index === current ? 'step' : undefined}
        >
          <span aria-hidden="true">{index < current ? <CheckIcon size={14} /> : index + 1}</span>
          {t(`create.step.${name}`)}
        </li>
      ))}
    </ol>
  );
}
