/** Outlines on a 16-unit grid, drawn with a 1.5-unit line in the colour of the text. */
export const icons = {
  play: 'M5 3.2v9.6L12.6 8z',
  runAll: 'M2.5 3.5v9L8 8zM8.5 3.5v9L14 8z',
  stop: 'M4 4h8v8H4z',
  restart: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.5v2.6h-2.6',
  sun: 'M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6M8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1',
  moon: 'M12.8 9.6A5.3 5.3 0 0 1 6.4 3.2a5.3 5.3 0 1 0 6.4 6.4',
  halves: 'M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11M8 2.5v11M10 3.4v9.2M12 4.4v7.2',
  list: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  figure: 'M3 2.5h4v3.5H3zM9 10h4v3.5H9zM5 6v2.5h6V10',
  expand: 'M9.5 2.5h4v4M6.5 13.5h-4v-4M13.5 2.5L9.2 6.8M2.5 13.5l4.3-4.3',
  shrink: 'M13 6.5H9.5V3M3 9.5h3.5V13M9.5 6.5l4-4M6.5 9.5l-4 4',
  download: 'M8 2.5v7.5M4.8 7L8 10.2 11.2 7M2.5 13.5h11',
  close: 'M4 4l8 8M12 4l-8 8',
  check: 'M3 8.5l3.2 3.2L13 4.8',
  cross: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  plus: 'M8 3v10M3 8h10',
  up: 'M4 10l4-4 4 4',
  down: 'M4 6l4 4 4-4',
  undo: 'M5.5 3.5L2.5 6.5l3 3M2.5 6.5h7a3.5 3.5 0 0 1 0 7H7',
  warning: 'M8 2.2L14.5 13.5h-13zM8 6.5v3.2M8 11.6v.2',
  bulb: 'M6 12.5h4M6.5 14.5h3M8 1.5a4.3 4.3 0 0 0-2.4 7.9c.4.3.6.7.6 1.1h3.6c0-.4.2-.8.6-1.1A4.3 4.3 0 0 0 8 1.5',
  keyboard: 'M1.5 4h13v8h-13zM4 6.5h.2M6.6 6.5h.2M9.2 6.5h.2M11.8 6.5h.2M4.5 9.5h7',
  trash: 'M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.7 9h6.6l.7-9',
  more: 'M3.5 7.3a.7.7 0 1 1 0 1.4.7.7 0 0 1 0-1.4M8 7.3a.7.7 0 1 1 0 1.4.7.7 0 0 1 0-1.4M12.5 7.3a.7.7 0 1 1 0 1.4.7.7 0 0 1 0-1.4',
  grip: 'M6 3.5v.1M10 3.5v.1M6 8v.1M10 8v.1M6 12.5v.1M10 12.5v.1',
} as const

export type IconName = keyof typeof icons

/** Shapes that read better as an area. */
export const filled: ReadonlySet<IconName> = new Set<IconName>(['play', 'runAll', 'stop', 'more'])
