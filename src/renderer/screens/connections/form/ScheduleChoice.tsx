import { NumberInput, Radio, Switch } from '@mantine/core'
import type { Connection } from '../../../../api/connections.ts'
import styles from '../ConnectionDetail.module.css'

type Schedule = Connection['schedule']

interface ScheduleChoiceProps {
  readonly schedule: Schedule
  readonly automatic: boolean
  readonly onSchedule: (schedule: Schedule) => void
  readonly onAutomatic: (automatic: boolean) => void
}

const FIRST_INTERVAL = 15

export function ScheduleChoice({ schedule, automatic, onSchedule, onAutomatic }: ScheduleChoiceProps) {
  return (
    <div className={styles.section}>
      <Switch
        label="Sync by itself"
        checked={automatic}
        onChange={event => onAutomatic(event.currentTarget.checked)}
      />
      <Radio.Group
        label="Schedule"
        value={schedule.mode}
        onChange={mode =>
          onSchedule(
            mode === 'interval'
              ? { mode: 'interval', intervalMinutes: schedule.intervalMinutes ?? FIRST_INTERVAL }
              : { mode: 'event', intervalMinutes: null },
          )
        }
      >
        <Radio
          mt={6}
          value="event"
          label="By the event’s start: every 4 h, from 24 h before it every 15 min, from 4 h before it every minute until 1 h after"
        />
        <Radio mt={6} value="interval" label="Every so many minutes" />
      </Radio.Group>
      {schedule.mode === 'interval' && (
        <NumberInput
          label="Minutes"
          min={1}
          max={10_080}
          allowDecimal={false}
          value={schedule.intervalMinutes ?? FIRST_INTERVAL}
          onChange={value => {
            const minutes = Number(value)
            if (Number.isInteger(minutes) && minutes >= 1)
              onSchedule({ mode: 'interval', intervalMinutes: minutes })
          }}
        />
      )}
    </div>
  )
}
