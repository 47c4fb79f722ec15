import { Modal } from '@mantine/core'
import { type ReactNode, useEffect, useId, useState } from 'react'
import { useDialogs } from '../state/dialogs.ts'
import { usePlace } from '../state/place.ts'
import styles from './Dialog.module.css'

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly wide?: boolean
  readonly children: ReactNode
}

/**
 * When the dialog is gone the focus goes back to where it was: in the dialog below, or on the screen. At the desk it goes
 * to the bib box if that place is gone too.
 */
function useFocusBack(): void {
  const [before] = useState(() => document.activeElement)
  useEffect(
    () => () => {
      setTimeout(() => {
        const below = [...document.querySelectorAll<HTMLElement>('[role="dialog"]')].at(-1) ?? null
        const stands = before instanceof HTMLElement && before.isConnected && before !== document.body
        if (below !== null) {
          if (stands && below.contains(before)) before.focus()
          if (!below.contains(document.activeElement)) below.focus()
        } else if (stands) before.focus()
        else {
          const { screen, dayView, callBibBox } = usePlace.getState()
          if (screen === 'race-day' && dayView === 'desk') callBibBox()
        }
      })
    },
    [before],
  )
}

function useTopmost(): boolean {
  const id = useId()
  const { opened, closed } = useDialogs.getState()
  useEffect(() => {
    opened(id)
    return () => closed(id)
  }, [id, opened, closed])
  return useDialogs(({ open }) => open.at(-1) === id)
}

/** Open as long as it is rendered; Esc closes the topmost. */
export function Dialog({ title, onClose, wide = false, children }: DialogProps) {
  useFocusBack()
  const topmost = useTopmost()
  return (
    <Modal
      opened
      returnFocus={false}
      onClose={onClose}
      closeOnEscape={topmost}
      title={title}
      size={wide ? 'lg' : 'md'}
      classNames={{ title: styles.title ?? '' }}
    >
      <div className={styles.body}>{children}</div>
    </Modal>
  )
}

export function DialogActions({ children }: { readonly children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>
}
