import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Tag } from '../../components/Tag.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useNow } from '../../components/use-now.ts'
import { queries } from '../../query.ts'
import { type HubLaptop, laptopHistory, laptopWords } from '../../words/hub.ts'
import styles from './SiteHub.module.css'

/** Everybody with a code of this hub. */
export function HubLaptops({ laptops }: { readonly laptops: readonly HubLaptop[] }) {
  const now = useNow(1000)
  const [asked, ask] = useState<string | null>(null)
  const revoke = useMutation({
    mutationFn: (login: string) => client.hub.revoke({ login }),
    onSettled: () => {
      ask(null)
      return queries.invalidateQueries({ queryKey: ['hub'] })
    },
  })
  return (
    <>
      <div className={styles.list}>
        <table aria-label="Laptops on the hub">
          <thead>
            <tr>
              <th>Laptop</th>
              <th>Now</th>
              <th>Address</th>
              <th aria-label="Code" />
            </tr>
          </thead>
          <tbody>
            {laptops.map(laptop => {
              const said = laptopWords(laptop, now)
              const words =
                asked === laptop.login
                  ? `Lock ${laptop.role} out`
                  : laptop.joinedAt === null
                    ? 'Take code back'
                    : 'Lock out…'
              return (
                <tr key={laptop.login} title={laptopHistory(laptop, now)}>
                  <td>
                    <b>{laptop.role}</b> {laptop.name !== null && <span className="soft">{laptop.name}</span>}
                  </td>
                  <td>
                    <Tag tone={said.tone}>{said.words}</Tag>
                  </td>
                  <td>{laptop.address ?? ''}</td>
                  <td className={styles.act}>
                    {laptop.revokedAt === null && !laptop.self && (
                      <Button
                        small
                        kind={asked === laptop.login ? 'main' : 'quiet'}
                        disabled={revoke.isPending}
                        onClick={() =>
                          asked === laptop.login ? revoke.mutate(laptop.login) : ask(laptop.login)
                        }
                      >
                        {words}
                      </Button>
                    )}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      <TroubleNote error={revoke.error} what="Code not taken back" />
    </>
  )
}
