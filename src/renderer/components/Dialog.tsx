import { Modal } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'
import { usePlace } from '../state/place.ts'
import styles from './Dialog.module.css'

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly wide?: boolean
  readonly children: ReactNode
}

/** When the dialog is gone the focus goes back to where it was, or at the desk to the bib box if that is gone too. */
function useFocusBack(): void {
  const [before] = useState(() => document.activeElement)
  useEffect(
    () => () => {
      setTimeout(() => {
        if (document.querySelector('[role="dialog"]') !== null) return
        if (before instanceof HTMLElement && before.isConnected && before !== document.body) before.focus()
        else {
          const { screen, dayView, callBibBox } = usePlace.getState()
          if (screen === 'race-day' && dayView === 'desk') callBibBox()
        }
      })
    },
    [before],
  )
}

/** Open as long as it is rendered; Esc closes. */
export function Dialog({ title, onClose, wide = false, children }: DialogProps) {
  useFocusBack()
  return (
    <Modal
      opened
      returnFocus={false}
      onClose={onClose}
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
