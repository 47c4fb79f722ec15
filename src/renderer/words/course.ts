import type { Course, QuestionShown } from '../../api/course.ts'
import type { LocationKind, QuestionKind } from '../../core/model.ts'

const KINDS: Readonly<Record<LocationKind, string>> = {
  start: 'Start',
  split: 'Split',
  finish: 'Finish',
  other: 'Beside the course',
}

export const kindName = (kind: LocationKind): string => KINDS[kind]

const QUESTIONS: Readonly<Record<QuestionKind, string>> = {
  'too-fast': 'Too fast',
  'out-of-order': 'Out of order',
  'before-gun': 'Before the gun',
  'two-places': 'At two places at once',
  missed: 'Missed a split',
}

export const questionName = (kind: QuestionKind): string => QUESTIONS[kind]

/** "Too fast at 9K: 31.2 km/h". */
export function questionInWords({ kind, location, kmh }: QuestionShown): string {
  const speed = kmh === null ? '' : `: ${kmh.toFixed(1)} km/h`
  switch (kind) {
    case 'too-fast':
      return `Too fast at ${location}${speed}`
    case 'out-of-order':
      return `${location} out of order`
    case 'before-gun':
      return `At ${location} before the gun`
    case 'two-places':
      return `At ${location} and elsewhere at once`
    case 'missed':
      return `No read at ${location}`
  }
}

/** What events do there that is not the usual: "10K 2 laps, Half not". */
export const pointsInWords = (course: Course, location: string): string =>
  course.points
    .filter(point => point.location === location)
    .map(({ eventName, laps, distanceKm }) => {
      const far = distanceKm === null ? '' : ` from km ${distanceKm}`
      return laps === 0
        ? `${eventName} not there`
        : `${eventName} ${laps === 1 ? 'once' : `${laps} laps`}${far}`
    })
    .join(', ')
