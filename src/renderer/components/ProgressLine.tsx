import { Progress } from '@mantine/core'

interface ProgressLineProps {
  readonly label: string
  readonly done: number
  /** Null: nobody knows how much there is. */
  readonly total: number | null
}

export function ProgressLine({ label, done, total }: ProgressLineProps) {
  const share = total === null ? 100 : total === 0 ? 0 : Math.min(100, (done / total) * 100)
  return (
    <Progress aria-label={label} value={share} size={6} striped={total === null} animated={total === null} />
  )
}
