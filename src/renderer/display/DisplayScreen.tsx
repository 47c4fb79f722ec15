import { useEffect, useState } from 'react'
import { useNow } from '../components/use-now.ts'
import { duration } from '../words/time.ts'
import styles from './Display.module.css'
import { AnnouncerView, CountsView, CrossingsView, DisplayFrame } from './DisplayView.tsx'
import type { DisplayCalls } from './display-client.ts'
import type { DisplayState, Shown } from './display-state.ts'
import { useDisplay } from './follow.ts'

/** An image's bytes as an address of their own; null until they are here. */
function useImage(calls: DisplayCalls, displayId: string | null, imageId: string | null): string | null {
  const [image, setImage] = useState<{ readonly id: string; readonly source: string } | null>(null)
  useEffect(() => {
    if (displayId === null || imageId === null) return
    const stop = new AbortController()
    calls
      .image({ id: displayId, imageId }, { signal: stop.signal })
      .then(({ mediaType, data }) => setImage({ id: imageId, source: `data:${mediaType};base64,${data}` }))
      // Without its picture a display is a display all the same.
      .catch(() => {})
    return () => stop.abort()
  }, [calls, displayId, imageId])
  return image !== null && image.id === imageId ? image.source : null
}

/** For how long nothing has come; a display may hang where no zone is known. Null: it is connected. */
function useSilence({ silentSince }: DisplayState): string | null {
  const now = useNow(1000)
  return silentSince === null ? null : `No connection for ${duration(now - silentSince)}`
}

/** A display over the whole page. Id: which one, where the address does not say. */
export function DisplayScreen({ calls, id }: { readonly calls: DisplayCalls; readonly id: string | null }) {
  const state = useDisplay(calls, id)
  const shown = state.shown
  const silence = useSilence(state)
  const logo = useImage(calls, shown?.id ?? null, shown?.logoId ?? null)
  const background = useImage(calls, shown?.id ?? null, shown?.backgroundId ?? null)
  if (shown === null) return <NotYet state={state} />
  return (
    <main className={styles.whole}>
      <DisplayFrame
        look={shown.look}
        title={shown.raceDayName}
        practice={shown.practice}
        logo={logo}
        background={background}
        foot={silence}
      >
        <Content shown={shown} state={state} />
      </DisplayFrame>
    </main>
  )
}

function Content({ shown, state }: { readonly shown: Shown; readonly state: DisplayState }) {
  const now = useNow(10_000)
  switch (shown.mode) {
    case 'crossings':
      return (
        <CrossingsView pace={state.pace} earlier={state.earlier} waitingFor="Waiting for the next runner" />
      )
    case 'pre-race':
      return <CrossingsView pace={state.pace} earlier={state.earlier} waitingFor="Welcome! Check in here" />
    case 'announcer':
      return <AnnouncerView announced={state.announced} now={now} />
    case 'counts':
      return <CountsView counted={state.counted} />
  }
}

function NotYet({ state }: { readonly state: DisplayState }) {
  const silence = useSilence(state)
  return (
    <main className={styles.whole}>
      <p className={styles.nobody}>
        {state.refused
          ? 'This address opens no display, or was taken back. Ask the crew for the present one.'
          : silence === null
            ? 'Connecting…'
            : `${silence}. It is tried again by itself.`}
      </p>
    </main>
  )
}
