import { Switch } from '@mantine/core'

interface PushChoiceProps {
  /** The scoring provider's name. */
  readonly target: string
  readonly allowed: boolean
  readonly onChange: (allowed: boolean) => void
}

/** Shown where nobody has confirmed that the push works as we do it. */
export function PushChoice({ target, allowed, onChange }: PushChoiceProps) {
  return (
    <Switch
      label="Allow the unconfirmed push"
      description={`Nobody has confirmed how ${target} takes entries. Off: Trackside stops before pushing and offers the import file.`}
      checked={allowed}
      onChange={event => onChange(event.currentTarget.checked)}
    />
  )
}
