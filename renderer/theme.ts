import {
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  mergeThemeOverrides,
} from '@mantine/core';

const lockline: MantineColorsTuple = [
  '#e8f5f6',
  '#d0e9ec',
  '#a3d3d9',
  '#72bcc5',
  '#4aa9b4',
  '#2f98a4',
  '#218391',
  '#196f7b',
  '#135c66',
  '#0b474f',
];

const dark: MantineColorsTuple = [
  '#dde1e4',
  '#b9c0c6',
  '#9aa3ab',
  '#6f7981',
  '#474f56',
  '#363c42',
  '#272c31',
  '#1c2024',
  '#15181b',
  '#0f1113',
];

/** Quiet and close to the desktop: its own font, one restrained colour, small radii. */
export const theme = createTheme({
  primaryColor: 'lockline',
  // Filled controls carry white text; lighter shades fall below WCAG's contrast of 4.5.
  primaryShade: { light: 8, dark: 7 },
  colors: { lockline, dark },
  defaultRadius: 'md',
  fontFamily:
    "system-ui, 'Segoe UI', Cantarell, Ubuntu, 'Noto Sans', 'Noto Sans CJK JP', 'Hiragino Sans', 'Yu Gothic UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: { fontWeight: '600' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    Modal: {
      defaultProps: {
        centered: true,
        overlayProps: { backgroundOpacity: 0.4 },
        transitionProps: { duration: 120 },
      },
    },
    InputWrapper: {
      // The hint above the field is read before it is typed in.
      defaultProps: { inputWrapperOrder: ['label', 'description', 'input', 'error'] },
    },
  },
});

const STILL = { defaultProps: { transitionProps: { duration: 0 } } };

/**
 * The same without motion. Mantine asks the system only after what has opened is drawn once, which
 * is too late for it.
 */
export const calmTheme = mergeThemeOverrides(theme, {
  components: { Modal: STILL, Menu: STILL, Popover: STILL, Tooltip: STILL },
});

/** Colours that Mantine's defaults leave below WCAG's contrast, and our surfaces. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-dimmed': '#57606a',
    '--mantine-color-placeholder': '#69727b',
    '--mantine-color-error': '#b42318',
    '--app-canvas': '#f4f6f7',
    '--app-surface': '#ffffff',
    '--app-sidebar': '#eaeef0',
    '--app-border': '#dce1e5',
    '--app-control': '#7f8993',
    '--app-good': '#0d6b4f',
    '--app-good-soft': '#e0f3eb',
    '--app-busy': '#1d5a96',
    '--app-busy-soft': '#e4eefa',
    '--app-bad': '#a8201a',
    '--app-bad-soft': '#fdeceb',
    '--app-warn': '#855200',
    '--app-warn-soft': '#fdf1dc',
    '--app-calm': '#4c555e',
    '--app-calm-soft': '#eceff1',
    '--app-stage-text': '#ffffff',
    '--app-stage-transport': '#57606a',
    '--app-stage-queue': '#8a4b00',
    '--app-stage-filesystem': '#1d5a96',
    '--app-stage-cache': '#6b3fa0',
    '--app-stage-hand-over': '#a8201a',
    '--app-stage-crypto': '#0f6470',
    '--app-stage-storage': '#3d6b1c',
  },
  dark: {
    '--mantine-color-body': '#1c2024',
    '--mantine-color-dimmed': '#a3acb4',
    '--mantine-color-placeholder': '#8f99a2',
    '--mantine-color-error': '#ff9c93',
    '--app-canvas': '#15181b',
    '--app-surface': '#1e2327',
    '--app-sidebar': '#101315',
    '--app-border': '#2f363c',
    '--app-control': '#747e87',
    '--app-good': '#7fd6b3',
    '--app-good-soft': '#16352a',
    '--app-busy': '#9cc8f5',
    '--app-busy-soft': '#1a2f45',
    '--app-bad': '#ff9c93',
    '--app-bad-soft': '#43201d',
    '--app-warn': '#f0c06a',
    '--app-warn-soft': '#3d2e12',
    '--app-calm': '#b9c0c6',
    '--app-calm-soft': '#2b3136',
    '--app-stage-text': '#101315',
    '--app-stage-transport': '#b9c0c6',
    '--app-stage-queue': '#f0b05a',
    '--app-stage-filesystem': '#8ec1f5',
    '--app-stage-cache': '#c7a6f0',
    '--app-stage-hand-over': '#ff9c93',
    '--app-stage-crypto': '#72d0dc',
    '--app-stage-storage': '#a5d67a',
  },
});
