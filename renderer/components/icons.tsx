import type { ReactNode } from 'react';

/** Line icons on a 20-pixel grid; always beside words, so hidden from screen readers. */
function icon(content: ReactNode) {
  return function Icon({ size = 18 }: { size?: number }) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 20 20"
        fill="none"
        stroke="currentColor"
        strokeWidth={1.6}
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {content}
      </svg>
    );
  };
}

const body = <rect x="4" y="9" width="12" height="8" rx="2" />;

export const LockIcon = icon(
  <>
    {body}
    <path d="M7 9V6.500a3 3 0 0 1 6 0V9" />
  </>,
);
export const UnlockIcon = icon(
  <>
    {body}
    <path d="M7 9V6.200a3 3 0 0 1 5.7-1.3" />
  </>,
);
export const PlusIcon = icon(<path d="M10 4v12M4 10h12" />);
export const AddFileIcon = icon(
  <>
    <path d="M11 3H6a1.5 1.5 0 0 0-1.5 1.5v11A1.5 1.5 0 0 0 6 17h8a1.5 1.5 0 0 0 1.5-1.5V7.500z" />
    <path d="M11 3v4.500h4.500M10 10v4M8 12h4" />
  </>,
);
export const FolderIcon = icon(
  <path d="M3 6a1.5 1.5 0 0 1 1.5-1.5h3l2 2h6A1.5 1.5 0 0 1 17 8v6.500a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 14.500z" />,
);
export const SettingsIcon = icon(
  <>
    <path d="M3 6h8M15 6h2M3 14h2M9 14h8" />
    <circle cx="13" cy="6" r="2" />
    <circle cx="7" cy="14" r="2" />
  </>,
);
export const MoreIcon = icon(
  <>
    <circle cx="4.5" cy="10" r=".6" />
    <circle cx="10" cy="10" r=".6" />
    <circle cx="15.5" cy="10" r=".6" />
  </>,
);
export const InfoIcon = icon(
  <>
    <circle cx="10" cy="10" r="7" />
    <path d="M10 9.500v4M10 6.6v.1" />
  </>,
);
export const GaugeIcon = icon(
  <>
    <path d="M4.500 15.500a7.500 7.500 0 1 1 11 0" />
    <path d="m10 11 3-4" />
    <circle cx="10" cy="11" r=".8" />
  </>,
);
export const AlertIcon = icon(
  <>
    <path d="M10 3.5 17.5 16.500H2.500z" />
    <path d="M10 8.500v3.500M10 14.200v.1" />
  </>,
);
export const TrashIcon = icon(
  <path d="M4 6h12M8 6V4h4v2M5.5 6l.7 10a1 1 0 0 0 1 1h5.6a1 1 0 0 0 1-1l.7-10" />,
);
export const CloseIcon = icon(<path d="m5 5 10 10M15 5 5 15" />);
export const EyeIcon = icon(
  <>
    <path d="M2.5 10S5.3 5 10 5s7.5 5 7.5 5-2.8 5-7.5 5-7.5-5-7.5-5z" />
    <circle cx="10" cy="10" r="2" />
  </>,
);
export const EyeOffIcon = icon(
  <path d="M4.5 7C3.2 8.3 2.5 10 2.5 10S5.3 15 10 15c1 0 2-.2 2.8-.6M8 5.300A7.5 7.5 0 0 1 10 5c4.7 0 7.5 5 7.5 5s-.6 1.2-1.9 2.500M3.5 3.500l13 13" />,
);
export const ChevronIcon = icon(<path d="m7.5 4.5 5.5 5.5-5.5 5.5" />);
export const SearchIcon = icon(
  <>
    <circle cx="9" cy="9" r="5" />
    <path d="m13 13 4 4" />
  </>,
);
export const StarIcon = icon(
  <path d="m10 2.800 2.200 4.600 5 .700-3.600 3.500.9 5-4.500-2.400-4.500 2.400.9-5L2.800 8.100l5-.700z" />,
);
export const ActivityIcon = icon(<path d="M2.500 10.500h3.500l2.200-6 3.600 11 2.200-5h3.500" />);
export const CheckIcon = icon(<path d="m4.500 10.500 3.500 3.500 7.500-8" />);
