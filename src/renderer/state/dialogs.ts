import { create } from 'zustand'

interface DialogsState {
  /** Those on the screen, the topmost last. */
  readonly open: readonly string[]
  opened(id: string): void
  closed(id: string): void
}

/** Keys belong to the topmost dialog. */
export const useDialogs = create<DialogsState>()(set => ({
  open: [],
  opened: id => set(({ open }) => ({ open: [...open, id] })),
  closed: id => set(({ open }) => ({ open: open.filter(one => one !== id) })),
}))
