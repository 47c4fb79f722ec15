import { MantineProvider } from '@mantine/core'
import { useColorScheme } from '@mantine/hooks'
import { QueryClientProvider } from '@tanstack/react-query'
import { useLayoutEffect } from 'react'
import { queries } from './query.ts'
import { Shell } from './screens/shell/Shell.tsx'
import { SignIn } from './screens/shell/SignIn.tsx'
import { useEngine } from './state/engine.ts'
import { useTheme } from './state/theme.ts'
import { cssVariables, mantineTheme } from './theme.ts'

const styleNonce = (): string =>
  document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''

export function App() {
  const system = useColorScheme('dark', { getInitialValueInEffect: false })
  const chosen = useTheme(state => state.theme)
  const signInNeeded = useEngine(state => state.signInNeeded)
  const theme = chosen === 'system' ? system : chosen
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme
  }, [theme])
  return (
    <MantineProvider
      theme={mantineTheme}
      cssVariablesResolver={cssVariables}
      forceColorScheme={theme === 'dark' ? 'dark' : 'light'}
      getStyleNonce={styleNonce}
    >
      <QueryClientProvider client={queries}>{signInNeeded ? <SignIn /> : <Shell />}</QueryClientProvider>
    </MantineProvider>
  )
}
