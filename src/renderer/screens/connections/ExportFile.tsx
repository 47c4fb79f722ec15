import { useMutation } from '@tanstack/react-query'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { download } from '../../download.ts'
import { counted } from '../../words/numbers.ts'

/** The rows a run would push, as the target's own import file. */
export function ExportFile({ connectionId }: { readonly connectionId: string }) {
  const make = useMutation({
    mutationFn: () => client.connections.export({ id: connectionId }),
    onSuccess: file => download(file.fileName, file.mediaType, [file.text]),
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
