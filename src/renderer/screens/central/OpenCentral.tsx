import { useState } from 'react'
import { Button } from '../../components/Button.tsx'
import { Central } from './Central.tsx'

/** A button that opens whom this laptop is in step with. */
export function OpenCentral({ words, small = false }: { readonly words: string; readonly small?: boolean }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button small={small} onClick={() => setOpen(true)}>
        {words}
      </Button>
      {open && <Central onClose={() => setOpen(false)} />}
    </>
  )
}
