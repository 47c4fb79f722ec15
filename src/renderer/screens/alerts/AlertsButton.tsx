import { useState } from 'react'
import { useAlerts } from '../../guard-queries.ts'
import { count } from '../../words/numbers.ts'
import { Alerts } from './Alerts.tsx'

/** In the status bar: how many alerts wait for somebody; opens them. */
export function AlertsButton() {
  const [open, setOpen] = useState(false)
  const list = useAlerts().data?.alerts
  if (list === undefined) return null
  const active = list.filter(alert => alert.state === 'active')
  const tone = active.some(alert => alert.severity === 'bad') ? 'bad' : active.length > 0 ? 'warn' : 'good'
  const others = list.length - active.length
  const words = active.length === 0 ? 'none' : count(active.length)
  return (
    <>
      <button type="button" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        Alerts <b data-tone={tone}>{others > 0 ? `${words}, ${count(others)} seen` : words}</b>
      </button>
      {open && <Alerts onClose={() => setOpen(false)} />}
    </>
  )
}
