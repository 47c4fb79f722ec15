import { FileButton } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useDisplayImage } from '../../queries.ts'
import styles from './Displays.module.css'

const MOST_BYTES = 2 * 1024 * 1024

/** A file's bytes as base64. */
const base64Of = (file: File): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.addEventListener('load', () => resolve(String(reader.result).replace(/^[^,]*,/, '')))
    reader.addEventListener('error', () => reject(reader.error))
    reader.readAsDataURL(file)
  })

interface ImageChoiceProps {
  readonly words: string
  readonly imageId: string | null
  readonly onChange: (imageId: string | null) => void
}

export function ImageChoice({ words, imageId, onChange }: ImageChoiceProps) {
  const image = useDisplayImage(imageId).data
  const add = useMutation({
    mutationFn: async (file: File) => client.displays.addImage({ data: await base64Of(file) }),
    onSuccess: ({ id }) => onChange(id),
  })
  const tooLarge = add.variables !== undefined && add.variables.size > MOST_BYTES
  return (
    <div className={styles.image}>
      <span>{words}</span>
      {image !== undefined && imageId !== null && <img src={image} alt={words} />}
      <FileButton
        accept="image/png,image/jpeg,image/webp,image/svg+xml"
        onChange={file => file && add.mutate(file)}
      >
        {props => (
          <Button small onClick={props.onClick}>
            {imageId === null ? 'Choose…' : 'Change…'}
          </Button>
        )}
      </FileButton>
      {imageId !== null && (
        <Button small kind="quiet" onClick={() => onChange(null)}>
          None
        </Button>
      )}
      <TroubleNote
        error={add.error}
        what={tooLarge ? 'Larger than 2 MB' : `${words} not taken`}
        onDismiss={add.reset}
      />
    </div>
  )
}
