import { useState } from 'react'
import type { ReadersStatus } from '../../../../api/readers.ts'
import { Button } from '../../../components/Button.tsx'
import { PanelTitle } from '../../../components/Panel.tsx'
import { Tag } from '../../../components/Tag.tsx'
import { doorInWords, protocolName } from '../../../words/readers.ts'
import { Relays } from '../relays/Relays.tsx'
import styles from './Now.module.css'

/** Ports that readers call. */
export function Doors({ doors }: { readonly doors: ReadersStatus['doors'] }) {
  const [handing, setHanding] = useState(false)
  return (
    <section className={styles.section} aria-label="Doors">
      <PanelTitle
        title="Doors for readers that call this laptop"
        aside={
          <Button small kind="quiet" aria-haspopup="dialog" onClick={() => setHanding(true)}>
            Ports, and hand reads on…
          </Button>
        }
      />
      {handing && <Relays onClose={() => setHanding(false)} />}
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
