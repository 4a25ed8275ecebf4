/**
 * The look, chosen once: colour, type, spacing, corners. Stone neutrals in the light, iron in the
 * dark, woad blue for what can be pressed, and one colour each for exposed, protected and broken,
 * which never stand without their icon and word.
 */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const woad: MantineColorsTuple = [
  '#eef3fb',
  '#dce6f6',
  '#b9cdec',
  '#96b5ea',
  '#7199dc',
  '#426fbb',
  '#3760a8',
  '#2d5190',
  '#254377',
  '#1a3056',
];

const stone: MantineColorsTuple = [
  '#faf9f7',
  '#f3f2ee',
  '#e8e6e1',
  '#d8d5ce',
  '#bfbbb2',
  '#918d83',
  '#656159',
  '#4a4741',
  '#32302c',
  '#1e1d1a',
];

const iron: MantineColorsTuple = [
  '#e3e5e9',
  '#bfc4cc',
  '#9ba2ad',
  '#727a86',
  '#3d434c',
  '#30353c',
  '#25292f',
  '#1b1e22',
  '#15171a',
  '#0f1113',
];

const ember: MantineColorsTuple = [
  '#fdf3ec',
  '#fae3d8',
  '#f4c3b3',
  '#ee9c89',
  '#e67a67',
  '#d35747',
  '#b53a2e',
  '#982d24',
  '#79241e',
  '#551914',
];

export const theme = createTheme({
  primaryColor: 'woad',
  primaryShade: { light: 6, dark: 5 },
  autoContrast: true,
  luminanceThreshold: 0.36,
  colors: { woad, gray: stone, dark: iron, red: ember },
  black: '#1e1d1a',
  white: '#ffffff',
  fontFamily: "'IBM Plex Sans Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'IBM Plex Mono', ui-monospace, monospace",
  fontSizes: {
    xs: '0.75rem',
    sm: '0.8125rem',
    md: '0.875rem',
    lg: '1rem',
    xl: '1.25rem',
  },
  lineHeights: { xs: '1.35', sm: '1.4', md: '1.45', lg: '1.5', xl: '1.3' },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.5rem', xl: '2.25rem' },
  radius: { xs: '0.1875rem', sm: '0.25rem', md: '0.375rem', lg: '0.5rem', xl: '0.75rem' },
  defaultRadius: 'md',
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.25' },
      h2: { fontSize: '1rem', lineHeight: '1.4' },
      h3: { fontSize: '0.875rem', lineHeight: '1.4' },
    },
  },
  respectReducedMotion: true,
  cursorType: 'pointer',
  focusRing: 'auto',
  components: {
    /** The page itself never scrolls, and the scroll lock would write an inline style element. */
    Modal: {
      defaultProps: {
        lockScroll: false,
        centered: false,
        yOffset: '10vh',
        overlayProps: { backgroundOpacity: 0.45 },
      },
    },
    Button: { defaultProps: { size: 'sm' } },
    Switch: { defaultProps: { withThumbIndicator: false } },
    TextInput: { defaultProps: { size: 'sm' } },
    Menu: { defaultProps: { shadow: 'md', position: 'bottom-end' } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: false } },
  },
});

const light = {
  '--p-ground': '#f6f5f2',
  '--p-panel': '#ffffff',
  '--p-sunken': '#efede9',
  '--p-hover': '#f0eee9',
  '--p-line': '#e2dfd9',
  '--p-line-strong': '#8d887e',
  '--p-ink': '#1e1d1a',
  '--p-ink-soft': '#5f5b53',
  '--p-accent': '#2d5190',
  '--p-accent-ground': '#e7eef9',
  '--p-exposed': '#94440a',
  '--p-exposed-ground': '#fcf0e2',
  '--p-exposed-line': '#e9c9a4',
  '--p-protected': '#27633f',
  '--p-protected-ground': '#e8f3eb',
  '--p-protected-line': '#b3d3be',
  '--p-broken': '#a12a24',
  '--p-broken-ground': '#fbecea',
  '--p-broken-line': '#ecc1bc',
  '--p-shadow': '0 1px 2px rgb(30 29 26 / 6%), 0 8px 24px rgb(30 29 26 / 8%)',
  '--p-shadow-up': '0 -12px 20px -14px rgb(30 29 26 / 18%)',
} as const;

const dark: Readonly<Record<keyof typeof light, string>> = {
  '--p-ground': '#15171a',
  '--p-panel': '#1d2024',
  '--p-sunken': '#111316',
  '--p-hover': '#262a30',
  '--p-line': '#2f343b',
  '--p-line-strong': '#6d7582',
  '--p-ink': '#e6e8ec',
  '--p-ink-soft': '#a3aab5',
  '--p-accent': '#9dbcf0',
  '--p-accent-ground': '#22304a',
  '--p-exposed': '#f0ab63',
  '--p-exposed-ground': '#33261a',
  '--p-exposed-line': '#5f4427',
  '--p-protected': '#7fc598',
  '--p-protected-ground': '#1a2c21',
  '--p-protected-line': '#2f5540',
  '--p-broken': '#f2928a',
  '--p-broken-ground': '#361e1d',
  '--p-broken-line': '#653431',
  '--p-shadow': '0 1px 2px rgb(0 0 0 / 40%), 0 12px 32px rgb(0 0 0 / 45%)',
  '--p-shadow-up': '0 -14px 22px -14px rgb(0 0 0 / 60%)',
};

const shared = {
  '--mantine-color-body': 'var(--p-ground)',
  '--mantine-color-text': 'var(--p-ink)',
  '--mantine-color-dimmed': 'var(--p-ink-soft)',
  '--mantine-color-placeholder': 'var(--p-ink-soft)',
  '--mantine-color-default': 'var(--p-panel)',
  '--mantine-color-default-hover': 'var(--p-hover)',
  '--mantine-color-default-color': 'var(--p-ink)',
  '--mantine-color-default-border': 'var(--p-line-strong)',
  '--mantine-color-anchor': 'var(--p-accent)',
  '--mantine-color-error': 'var(--p-broken)',
  '--mantine-color-disabled': 'var(--p-sunken)',
  '--mantine-color-disabled-color': 'var(--p-ink-soft)',
  '--mantine-color-disabled-border': 'var(--p-line)',
} as const;

export const resolveVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { ...light, ...shared },
  dark: { ...dark, ...shared },
});
