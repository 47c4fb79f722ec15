import type { ReadersStatus } from '../../../../api/readers.ts'
import { PanelTitle } from '../../../components/Panel.tsx'
import { Tag } from '../../../components/Tag.tsx'
import { doorInWords, protocolName } from '../../../words/readers.ts'
import styles from './Now.module.css'

/** Ports that readers call. */
export function Doors({ doors }: { readonly doors: ReadersStatus['doors'] }) {
  return (
    <section className={styles.section} aria-label="Doors">
      <PanelTitle title="Doors for readers that call this laptop" />
      <table className={styles.table} aria-label="Doors">
        <tbody>
          {doors.map(door => {
            const { tone, words } = doorInWords(door)
            return (
              <tr key={door.protocol}>
                <td style={{ width: 220 }}>
                  <b>{protocolName(door.protocol)}</b>
                </td>
                <td>
                  {door.state === 'failed' ? (
                    <span className="bad">{words}</span>
                  ) : (
                    <Tag tone={tone}>{words}</Tag>
                  )}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
