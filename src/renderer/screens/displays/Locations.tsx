import { Checkbox } from '@mantine/core'
import styles from './Displays.module.css'

interface LocationsProps {
  readonly words: string
  /** What none chosen means. */
  readonly none: string
  readonly chosen: readonly string[]
  readonly locations: readonly string[]
  readonly onChange: (chosen: readonly string[]) => void
}

/** Locations by name; one that was chosen stays in the list though no reader names it now. */
export function Locations({ words, none, chosen, locations, onChange }: LocationsProps) {
  const all = [...new Set([...locations, ...chosen])]
  return (
    <fieldset className={styles.choices}>
      <legend>
        {words} {chosen.length === 0 && <span className="soft">{none}</span>}
      </legend>
      {all.length === 0 && <p className="faint">No location yet: they come with the first reads.</p>}
      {all.map(location => (
        <Checkbox
          key={location}
          size="sm"
          label={location}
          checked={chosen.includes(location)}
          onChange={event =>
            onChange(
              event.currentTarget.checked
                ? [...chosen, location]
                : chosen.filter(other => other !== location),
            )
          }
        />
      ))}
    </fieldset>
  )
}
