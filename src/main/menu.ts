import { Menu, type MenuItemConstructorOptions } from 'electron'

/** Reloading and developer tools are for those who build the app, not for a crew in a race. */
export function buildMenu(parts: { readonly development: boolean; readonly mac: boolean }): Menu {
  const development: MenuItemConstructorOptions[] = [
    { type: 'separator' },
    { role: 'reload' },
    { role: 'toggleDevTools' },
  ]
  return Menu.buildFromTemplate([
    ...(parts.mac ? ([{ role: 'appMenu' }] satisfies MenuItemConstructorOptions[]) : []),
    { label: 'File', submenu: [{ role: parts.mac ? 'close' : 'quit' }] },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        ...(parts.development ? development : []),
      ],
    },
    { role: 'windowMenu' },
  ])
}
