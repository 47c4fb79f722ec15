import { create } from 'zustand'

export interface Question {
  readonly title: string
  /** What would happen, and to whom. */
  readonly words: string
  readonly yes: string
  readonly no: string
}

interface Waiting extends Question {
  readonly answers: readonly ((agreed: boolean) => void)[]
}

interface AskingState {
  /** The first is on the screen. */
  readonly waiting: readonly Waiting[]
  /** What is asked in the same words is one question. */
  ask(question: Question): Promise<boolean>
  answer(agreed: boolean): void
}

/** What a call that was refused asks of a person before it is made again. */
export const useAsking = create<AskingState>()((set, get) => ({
  waiting: [],
  ask: question =>
    new Promise(resolve => {
      const { waiting } = get()
      const same = waiting.find(({ title, words }) => title === question.title && words === question.words)
      set({
        waiting: same
          ? waiting.map(one => (one === same ? { ...one, answers: [...one.answers, resolve] } : one))
          : [...waiting, { ...question, answers: [resolve] }],
      })
    }),
  answer: agreed => {
    const [first, ...rest] = get().waiting
    set({ waiting: rest })
    for (const answer of first?.answers ?? []) answer(agreed)
  },
}))
