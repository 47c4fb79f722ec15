import { useMutation } from '@tanstack/react-query'
import { client } from '../../client.ts'
import { AskedButton } from '../../components/AskedButton.tsx'
import { Button } from '../../components/Button.tsx'
import { Tag } from '../../components/Tag.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useNow } from '../../components/use-now.ts'
import { queries } from '../../query.ts'
import { type HubLaptop, laptopHistory, laptopWords, lockingInWords } from '../../words/hub.ts'
import { useZone } from '../race-day/day.ts'
import styles from './SiteHub.module.css'

/** Everybody with a code of this hub. */
export function HubLaptops({ laptops }: { readonly laptops: readonly HubLaptop[] }) {
  const now = useNow(1000)
  const zone = useZone()
  const revoke = useMutation({
    mutationFn: (login: string) => client.hub.revoke({ login }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['hub'] }),
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
              return (
                <tr key={laptop.login} title={laptopHistory(laptop, zone, now)}>
                  <td>
                    <b>{laptop.role}</b> {laptop.name !== null && <span className="soft">{laptop.name}</span>}
                  </td>
                  <td>
                    <Tag tone={said.tone}>{said.words}</Tag>
                  </td>
                  <td>{laptop.address ?? ''}</td>
                  <td className={styles.act}>
                    {laptop.revokedAt !== null || laptop.self ? null : laptop.joinedAt === null ? (
                      <Button
                        small
                        kind="quiet"
                        disabled={revoke.isPending}
                        onClick={() => revoke.mutate(laptop.login)}
                      >
                        Take code back
                      </Button>
                    ) : (
                      <AskedButton
                        small
                        kind="quiet"
                        words="Lock out…"
                        title={`Lock ${laptop.role} out?`}
                        no={`Keep ${laptop.role}`}
                        yes={`Lock ${laptop.role} out`}
                        failed="Not locked out"
                        onYes={() => revoke.mutateAsync(laptop.login)}
                      >
                        <p>{lockingInWords(laptop, now)}</p>
                      </AskedButton>
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
