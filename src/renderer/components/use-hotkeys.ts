import { useEffect, useRef } from 'react'

/** Key names as in "F2", "Alt+B", "Ctrl+Z"; Cmd counts as Ctrl. */
export type Hotkeys = Readonly<Record<string, (() => void) | undefined>>

function nameOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key
  // With Alt some layouts type another letter: the key's place tells which one was meant.
  const letter = event.altKey && event.code.startsWith('Key') ? event.code.slice(3) : key
  return `${event.ctrlKey || event.metaKey ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${letter}`
}

const dialogOpen = (): boolean => document.querySelector('[role="dialog"]') !== null

/** Keys of a screen. They rest while a dialog is open. */
export function useHotkeys(hotkeys: Hotkeys): void {
  const latest = useRef(hotkeys)
  latest.current = hotkeys
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      const name = nameOf(event)
      if (event.defaultPrevented || event.repeat || !Object.hasOwn(latest.current, name)) return
      if (dialogOpen()) {
        // F5 would load the window again, F3 open a search.
        if (/^F\d/.test(name)) event.preventDefault()
        return
      }
      event.preventDefault()
      latest.current[name]?.()
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [])
}

/** Whether a key pressed there would be typed. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable="true"]')
