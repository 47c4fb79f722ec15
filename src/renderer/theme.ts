import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const amber: MantineColorsTuple = [
  '#fff4e0',
  '#ffe8c7',
  '#ffd795',
  '#ffc55c',
  '#ffb224',
  '#f0a010',
  '#c97f00',
  '#9c5c00',
  '#804a00',
  '#633900',
]

/** Mantine's greys of the dark theme are theme.css's. */
const dark: MantineColorsTuple = [
  '#e8edf2',
  '#c9d4de',
  '#a9b8c6',
  '#8b9bab',
  '#2b3641',
  '#1c242c',
  '#0e1216',
  '#151b21',
  '#0e1216',
  '#0a0d10',
]

/** Primitives look like the rest: colours come from theme.css, sizes suit a dense desk. */
export const mantineTheme = createTheme({
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: 'ui-monospace, monospace',
  colors: { amber, dark },
  primaryColor: 'amber',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // The lock would put a style element into the page, which the CSP of a window does not take.
    Modal: { defaultProps: { lockScroll: false, centered: true, transitionProps: { duration: 0 } } },
    TextInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    NativeSelect: { defaultProps: { size: 'sm' } },
    Textarea: { defaultProps: { size: 'sm' } },
  },
})

const ours = {
  '--mantine-color-body': 'var(--panel)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-dimmed': 'var(--faint)',
  '--mantine-color-placeholder': 'var(--faint)',
  '--mantine-color-default': 'var(--bg)',
  '--mantine-color-default-hover': 'var(--raised)',
  '--mantine-color-default-color': 'var(--text)',
  '--mantine-color-default-border': 'var(--line)',
  // Of fields: their outline is all that tells where to type.
  '--mantine-color-gray-4': 'var(--faint)',
  '--mantine-color-dark-4': 'var(--faint)',
  '--mantine-color-disabled-color': 'var(--faint)',
  '--mantine-color-disabled-border': 'var(--faint)',
  '--mantine-color-error': 'var(--bad)',
  '--mantine-primary-color-filled': 'var(--accent)',
}

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: ours, dark: ours })
