import { useMutation } from '@tanstack/react-query'
import { client, type Outputs } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { counted } from '../../words/numbers.ts'

function download(file: Outputs['connections']['export']): void {
  const url = URL.createObjectURL(new Blob([file.text], { type: file.mediaType }))
  const link = document.createElement('a')
  link.href = url
  link.download = file.fileName
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** The rows a run would push, as the target's own import file. */
export function ExportFile({ connectionId }: { readonly connectionId: string }) {
  const make = useMutation({
    mutationFn: () => client.connections.export({ id: connectionId }),
    onSuccess: download,
  })
  return (
    <>
      <Button disabled={make.isPending} onClick={() => make.mutate()}>
        {make.isPending ? 'Making the file' : 'Download import file'}
      </Button>
      {make.data && (
        <span role="status" className="soft">
          {make.data.fileName}: {counted(make.data.rows, 'row')}
        </span>
      )}
      <TroubleNote error={make.error} what="Import file not made" onDismiss={make.reset} />
    </>
  )
}
