import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

/** Packages in `dependencies` stay outside the main bundle: native ones cannot be bundled. */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      rollupOptions: {
        input: {
          index: 'src/main/index.ts',
          'checkpoint-thread': 'src/store/checkpoint-thread.ts',
          'counting-thread': 'src/app/counting/counting-thread.ts',
        },
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      // A sandboxed preload is CommonJS in one file.
      rollupOptions: {
        input: 'src/preload/index.ts',
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [react()],
    build: {
      outDir: 'out/renderer',
      emptyOutDir: true,
      // The content policy knows no inline script, and fonts come from our own origin, not from data:.
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      rollupOptions: { input: 'src/renderer/index.html' },
    },
  },
})
