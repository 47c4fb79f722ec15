import { PasswordInput, Radio, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Dialog, DialogActions } from '../../components/Dialog.tsx'
import { Note } from '../../components/Note.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { download } from '../../download.ts'
import { size } from '../../words/backups.ts'
import styles from './Backups.module.css'

/** As short as the engine takes it. */
const SHORTEST = 8

interface Sealed {
  readonly where: string
  readonly bytes: number
  /** How many keys are in it; null where that is not said. */
  readonly keys: number | null
}

/** Everything for the spare laptop, in one sealed file. */
export function MoveOut({ onClose }: { readonly onClose: () => void }) {
  const [to, setTo] = useState<'download' | 'folder'>('download')
  const [file, setFile] = useState('')
  const [withKeys, setWithKeys] = useState(false)
  const [passphrase, setPassphrase] = useState('')
  const [again, setAgain] = useState('')
  const short = passphrase !== '' && passphrase.length < SHORTEST
  const differs = again !== '' && again !== passphrase
  const ready =
    passphrase.length >= SHORTEST && again === passphrase && (to === 'download' || file.trim() !== '')
  const seal = useMutation({
    mutationFn: async (): Promise<Sealed> => {
      if (to === 'folder') {
        const sealed = await client.keeping.moveOut({ file: file.trim(), passphrase, withKeys })
        return { ...sealed, where: sealed.file }
      }
      const sealed = await client.keeping.moveOutFile({ passphrase, withKeys })
      download(sealed.name, 'application/octet-stream', [sealed])
      return { where: `${sealed.name}, in the downloads`, bytes: sealed.size, keys: null }
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (ready && !seal.isPending) seal.mutate()
  }
  return (
    <Dialog title="Move to the spare laptop" onClose={onClose} wide>
      {seal.data ? (
        <Moved sealed={seal.data} withKeys={withKeys} onClose={onClose} />
      ) : (
        <form onSubmit={submit}>
          <p>
            All of this laptop (people, reads, decisions, connections) in one file that opens with a
            passphrase only.
          </p>
          <Radio.Group
            label="Keys of the providers"
            value={withKeys ? 'with' : 'without'}
            onChange={value => setWithKeys(value === 'with')}
          >
            <div className={styles.choices}>
              <Radio
                value="without"
                label="Leave them here"
                description="On the spare laptop somebody enters them again before it can sync. Reads and the help desk work without."
              />
              <Radio
                value="with"
                label="Take them along"
                description="The spare laptop syncs at once. Whoever has the file and the passphrase has the keys."
              />
            </div>
          </Radio.Group>
          <div className={styles.passphrases}>
            <PasswordInput
              label="Passphrase"
              description={`${SHORTEST} characters or more. Lost, the file is too.`}
              value={passphrase}
              error={short ? `${SHORTEST} characters or more` : null}
              onChange={event => setPassphrase(event.currentTarget.value)}
              autoComplete="new-password"
              data-autofocus
            />
            <PasswordInput
              label="Passphrase again"
              description="Typed once more"
              value={again}
              error={differs ? 'Not the same' : null}
              onChange={event => setAgain(event.currentTarget.value)}
              autoComplete="new-password"
            />
          </div>
          <Radio.Group
            label="Save it"
            value={to}
            onChange={value => setTo(value === 'folder' ? 'folder' : 'download')}
          >
            <div className={styles.choices}>
              <Radio value="download" label="As a download" description="Up to 500 MB" />
              <Radio
                value="folder"
                label="To a disk or stick of the laptop Trackside runs on"
                description="Of any size"
              />
            </div>
          </Radio.Group>
          {to === 'folder' && (
            <TextInput
              label="New file"
              description="Its whole path"
              placeholder="/media/stick/harbor-run.sealed"
              value={file}
              onChange={event => setFile(event.currentTarget.value)}
              autoComplete="off"
              spellCheck={false}
            />
          )}
          <TroubleNote error={seal.error} what="Not sealed" />
          <DialogActions>
            <Button onClick={onClose}>Cancel</Button>
            <Button kind="main" submit disabled={!ready || seal.isPending}>
              {seal.isPending ? 'Sealing' : 'Seal'}
            </Button>
          </DialogActions>
        </form>
      )}
    </Dialog>
  )
}

interface MovedProps {
  readonly sealed: Sealed
  readonly withKeys: boolean
  readonly onClose: () => void
}

function Moved({ sealed, withKeys, onClose }: MovedProps) {
  const keys = !withKeys
    ? 'without the keys'
    : sealed.keys === null
      ? 'with the keys'
      : `with ${sealed.keys} keys`
  return (
    <>
      <div role="status">
        <Note tone="good">
          <b>Sealed</b>, {size(sealed.bytes)}, {keys}: {sealed.where}.
        </Note>
      </div>
      <ol className={styles.steps}>
        <li>Stop Trackside on this laptop: what is done here from now on is not in the file.</li>
        <li>Carry the file to the spare laptop.</li>
        <li>
          There: <code>npm run cli -- move-in FILE</code>, then start Trackside.
        </li>
      </ol>
      <DialogActions>
        <Button kind="main" onClick={onClose} data-autofocus>
          Close
        </Button>
      </DialogActions>
    </>
  )
}
