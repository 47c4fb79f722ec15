import type { Connection } from '../../../api/connections.ts'
import { client } from '../../client.ts'
import { AskedButton } from '../../components/AskedButton.tsx'
import { queries } from '../../query.ts'
import { usePlace } from '../../state/place.ts'
import { counted } from '../../words/numbers.ts'

export function DeleteConnection({ connection }: { readonly connection: Connection }) {
  const openConnection = usePlace(state => state.openConnection)
  return (
    <div>
      <AskedButton
        kind="danger"
        words="Delete connection…"
        title={`Delete ${connection.connectionName}?`}
        yes="Delete connection"
        failed="Not deleted"
        onYes={async () => {
          await client.connections.remove({ id: connection.id })
          openConnection(null)
          await queries.invalidateQueries({ queryKey: ['connections'] })
        }}
      >
        <p>
          Its schedule and its keys on this laptop go. The{' '}
          {counted(connection.participants, 'person', 'people')} it brought stay.
        </p>
      </AskedButton>
    </div>
  )
}
