import { Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { DisplayLayout } from '../../../api/displays.ts'
import { DISPLAY_FIELDS, type DisplayLook } from '../../../core/display.ts'
import { client } from '../../client.ts'
import { AskedButton } from '../../components/AskedButton.tsx'
import { Button } from '../../components/Button.tsx'
import { Panel, PanelTitle, Scroll } from '../../components/Panel.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useNow } from '../../components/use-now.ts'
import { CrossingsView, DisplayFrame } from '../../display/DisplayView.tsx'
import { useDisplayImage } from '../../queries.ts'
import { queries } from '../../query.ts'
import { FIELD_CHOICES } from '../../words/displays.ts'
import styles from './Displays.module.css'
import { ImageChoice } from './ImageChoice.tsx'
import { type LayoutDraft, testPace } from './layout-draft.ts'

const COLOURS = [
  ['background', 'Background'],
  ['text', 'Text'],
  ['accent', 'Accent'],
] as const

/** How displays look; the preview is the display itself with test runners. */
export function LayoutEditor({ layout }: { readonly layout: DisplayLayout }) {
  const [draft, setDraft] = useState<LayoutDraft>(() => {
    const { id: _, ...kept } = layout
    return kept
  })
  const { id: _, ...kept } = layout
  const changed = JSON.stringify(kept) !== JSON.stringify(draft)
  const reread = () => queries.invalidateQueries({ queryKey: ['displays'] })
  const save = useMutation({
    mutationFn: () => {
      const messages = draft.look.messages.map(line => line.trim()).filter(Boolean)
      return client.displays.updateLayout({ id: layout.id, ...draft, look: { ...draft.look, messages } })
    },
    onSuccess: async ({ id: _id, ...saved }) => {
      setDraft(saved)
      await reread()
    },
  })
  const setLook = (changes: Partial<LayoutDraft['look']>): void =>
    setDraft(now => ({ ...now, look: { ...now.look, ...changes } }))
  const { look } = draft
  return (
    <Panel label={layout.name}>
      <PanelTitle title={layout.name} aside={changed ? 'not saved' : undefined} />
      <Scroll>
        <div className={styles.body}>
          <Preview draft={draft} />
          <div className={styles.actions}>
            <Button kind="main" disabled={!changed || save.isPending} onClick={() => save.mutate()}>
              Save layout
            </Button>
            <AskedButton
              words="Remove layout…"
              title={`Remove ${layout.name}?`}
              yes="Remove layout"
              failed="Not removed"
              onYes={async () => {
                await client.displays.removeLayout({ id: layout.id })
                await reread()
              }}
            >
              <p>Its fields, colours, images and messages go. Displays that show it go on with Plain.</p>
            </AskedButton>
          </div>
          <TroubleNote error={save.error} what="Not saved" onDismiss={save.reset} />
          <div className={styles.form}>
            <TextInput
              label="Name"
              value={draft.name}
              maxLength={120}
              onChange={event => setDraft({ ...draft, name: event.currentTarget.value })}
            />
            <TextInput
              label="Title on the display"
              placeholder="The race day's name"
              value={look.title ?? ''}
              maxLength={120}
              onChange={event => setLook({ title: event.currentTarget.value || null })}
            />
            <NativeSelect
              label="Colours"
              value={look.theme}
              data={[
                { value: 'dark', label: 'Dark' },
                { value: 'light', label: 'Light' },
                { value: 'brand', label: 'Your own' },
              ]}
              onChange={event => setLook({ theme: event.currentTarget.value as DisplayLook['theme'] })}
            />
            {look.theme === 'brand' && (
              <div className={styles.colours}>
                {COLOURS.map(([name, words]) => (
                  <label key={name}>
                    <input
                      type="color"
                      value={look[name]}
                      onChange={event => setLook({ [name]: event.currentTarget.value })}
                    />
                    {words}
                  </label>
                ))}
              </div>
            )}
            <ImageChoice
              words="Logo"
              imageId={draft.logoId}
              onChange={logoId => setDraft(now => ({ ...now, logoId }))}
            />
            <ImageChoice
              words="Background picture"
              imageId={draft.backgroundId}
              onChange={backgroundId => setDraft(now => ({ ...now, backgroundId }))}
            />
          </div>
          <fieldset className={styles.choices}>
            <legend>Beside the name</legend>
            {DISPLAY_FIELDS.map(field => (
              <Checkbox
                key={field}
                size="sm"
                label={FIELD_CHOICES[field]}
                checked={look.fields.includes(field)}
                onChange={event => {
                  const on = event.currentTarget.checked
                  setLook({
                    fields: DISPLAY_FIELDS.filter(one => (one === field ? on : look.fields.includes(one))),
                  })
                }}
              />
            ))}
          </fieldset>
          <Textarea
            label="Messages, one a line"
            description="{first}, {name}, {team} and {city} stand for the runner's own; a line that lacks one is not used."
            autosize
            minRows={3}
            maxRows={10}
            value={look.messages.join('\n')}
            onChange={event => {
              const text = event.currentTarget.value
              setLook({ messages: text === '' ? [] : text.split('\n') })
            }}
          />
        </div>
      </Scroll>
    </Panel>
  )
}

const STEP_MS = 3500

function Preview({ draft }: { readonly draft: LayoutDraft }) {
  const step = Math.floor(useNow(STEP_MS) / STEP_MS)
  const logo = useDisplayImage(draft.logoId).data ?? null
  const background = useDisplayImage(draft.backgroundId).data ?? null
  return (
    <section className={styles.preview} aria-label="Preview with test runners">
      <DisplayFrame look={draft.look} title="Name of the race day" logo={logo} background={background}>
        <CrossingsView pace={testPace(draft, step)} earlier={[]} waitingFor="" />
      </DisplayFrame>
    </section>
  )
}
