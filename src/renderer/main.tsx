import '@mantine/core/styles.css'
import '@fontsource-variable/inter'
import './theme.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { DisplayScreen } from './display/DisplayScreen.tsx'
import { addressOfPage, callsAsDisplay } from './display/display-client.ts'

const root = document.getElementById('root')
const address = addressOfPage(window.location.pathname)
if (root) {
  createRoot(root).render(
    <StrictMode>
      {address === null ? <App /> : <DisplayScreen calls={callsAsDisplay(address)} id={null} />}
    </StrictMode>,
  )
}
