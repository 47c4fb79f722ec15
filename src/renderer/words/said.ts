export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'plain'

export interface Said {
  readonly tone: Tone
  readonly words: string
}
