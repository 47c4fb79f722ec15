import { useQuery } from '@tanstack/react-query'
import { client, type Inputs, type Outputs } from '../../../client.ts'

export type CsvPreviewed = Outputs['csvReads']['preview']
export type CsvPlaces = CsvPreviewed['places']
export type CsvMeaning = keyof CsvPlaces
type CsvColumns = NonNullable<Inputs['timing']['import']['csvColumns']>

/** What the crew says of the file; the engine guesses the rest. */
export interface CsvSaid {
  readonly places?: CsvPlaces
  readonly header?: boolean
  readonly day?: string
  readonly dayFirst?: boolean
}

export const columnsOf = (places: CsvPlaces, { places: _, ...how }: CsvSaid): CsvColumns => ({
  ...places,
  time: places.time ?? '',
  ...how,
})

/** A column has one meaning and a meaning one column. */
export function withMeaning(places: CsvPlaces, column: number, meaning: CsvMeaning | null): CsvPlaces {
  const others = Object.entries(places).filter(([key, at]) => key !== meaning && at !== column)
  return { ...Object.fromEntries(others), ...(meaning === null ? {} : { [meaning]: column }) }
}

/** What the file would bring as its columns are said to be. */
export function useCsvPreview(sessionId: string, file: File | null, said: CsvSaid, location: string) {
  return useQuery({
    queryKey: ['csv-reads', sessionId, file?.name, file?.size, file?.lastModified, said, location],
    queryFn: ({ signal }) =>
      client.csvReads.preview(
        {
          ...{ sessionId, ...(file ? { file } : {}), ...(location === '' ? {} : { location }) },
          csvColumns: columnsOf(said.places ?? {}, said),
        },
        { signal },
      ),
    enabled: file !== null,
    placeholderData: previous => previous,
    gcTime: 0,
  })
}
