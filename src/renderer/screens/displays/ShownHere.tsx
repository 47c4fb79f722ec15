import { useEffect } from 'react'
import { createPortal } from 'react-dom'
import { client } from '../../client.ts'
import { DisplayScreen } from '../../display/DisplayScreen.tsx'

/** A display over the whole screen of this laptop; Esc leaves it. `onClose` stays the same: another one would leave it. */
export function ShownHere({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  useEffect(() => {
    // Where full screen is denied the window is filled, and that is good enough.
    document.documentElement.requestFullscreen?.().catch(() => {})
    const leave = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') onClose()
    }
    const left = (): void => {
      if (document.fullscreenElement === null) onClose()
    }
    window.addEventListener('keydown', leave)
    document.addEventListener('fullscreenchange', left)
    return () => {
      window.removeEventListener('keydown', leave)
      document.removeEventListener('fullscreenchange', left)
      if (document.fullscreenElement !== null) void document.exitFullscreen()
    }
  }, [onClose])
  return createPortal(<DisplayScreen calls={client.displays} id={id} />, document.body)
}
