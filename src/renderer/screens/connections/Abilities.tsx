import { useState } from 'react'
import type { Connection, ProviderInfo } from '../../../api/connections.ts'
import { Button } from '../../components/Button.tsx'
import { Tag } from '../../components/Tag.tsx'
import { useProviders } from '../../queries.ts'
import { abilityInWords, ableInWords } from '../../words/abilities.ts'
import styles from './ConnectionDetail.module.css'

/** What each provider of a connection can do, or why it cannot. */
export function Abilities({ connection }: { readonly connection: Connection }) {
  const [shown, setShown] = useState(false)
  const providers = useProviders().data ?? []
  const sides = (['source', 'target'] as const).flatMap(side => {
    const id = side === 'source' ? connection.sourceProvider : connection.targetProvider
    const provider = providers.find(one => one.id === id)
    const confirmed = connection.confirmed.filter(one => one.side === side)
    return provider === undefined ? [] : [{ provider, confirmed }]
  })
  return (
    <section className={styles.section} aria-label="What these providers can do">
      <div>
        <Button small kind="quiet" aria-expanded={shown} onClick={() => setShown(!shown)}>
          {shown ? 'Hide what these providers can do' : 'What these providers can do'}
        </Button>
      </div>
      {shown && <AbilityTable sides={sides} />}
    </section>
  )
}

interface Side {
  readonly provider: ProviderInfo
  readonly confirmed: Connection['confirmed']
}

function AbilityTable({ sides }: { readonly sides: readonly Side[] }) {
  const abilities = sides[0]?.provider.abilities.map(({ ability }) => ability) ?? []
  return (
    <div className={styles.table}>
      <table aria-label="Abilities">
        <thead>
          <tr>
            <th scope="col">Operation</th>
            {sides.map(({ provider }) => (
              <th key={provider.id} scope="col">
                {provider.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {abilities.map(ability => (
            <tr key={ability}>
              <td>{abilityInWords(ability)}</td>
              {sides.map(side => (
                <AbleCell key={side.provider.id} side={side} ability={ability} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function AbleCell({ side, ability }: { readonly side: Side; readonly ability: string }) {
  const able = side.provider.abilities.find(one => one.ability === ability)
  if (able === undefined) return <td />
  const { tone, words, why } = ableInWords(able, side.confirmed)
  return (
    <td className={styles.wrap}>
      <Tag tone={tone}>{words}</Tag> <small className="soft">{why}</small>
    </td>
  )
}
