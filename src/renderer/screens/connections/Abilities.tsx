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
  const sides = [connection.sourceProvider, connection.targetProvider].flatMap(
    id => providers.find(provider => provider.id === id) ?? [],
  )
  return (
    <section className={styles.section} aria-label="What these providers can do">
      <div>
        <Button small kind="quiet" aria-expanded={shown} onClick={() => setShown(!shown)}>
          {shown ? 'Hide what these providers can do' : 'What these providers can do'}
        </Button>
      </div>
      {shown && <AbilityTable providers={sides} />}
    </section>
  )
}

function AbilityTable({ providers }: { readonly providers: readonly ProviderInfo[] }) {
  const abilities = providers[0]?.abilities.map(({ ability }) => ability) ?? []
  return (
    <div className={styles.table}>
      <table aria-label="Abilities">
        <thead>
          <tr>
            <th scope="col">Operation</th>
            {providers.map(({ id, name }) => (
              <th key={id} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {abilities.map(ability => (
            <tr key={ability}>
              <td>{abilityInWords(ability)}</td>
              {providers.map(provider => (
                <AbleCell key={provider.id} provider={provider} ability={ability} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function AbleCell({ provider, ability }: { readonly provider: ProviderInfo; readonly ability: string }) {
  const able = provider.abilities.find(one => one.ability === ability)
  if (able === undefined) return <td />
  const { tone, words, why } = ableInWords(able)
  return (
    <td className={styles.wrap}>
      <Tag tone={tone}>{words}</Tag> <small className="soft">{why}</small>
    </td>
  )
}
